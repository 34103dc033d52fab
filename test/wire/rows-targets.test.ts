// Rows 68 to 98: targets and hosts; the partners beside the rows' own are an internationalised name and a wildcard.
import { MSISDN_UNCHANGED, PARTNER0001, partner, policyText } from './harness/policy-text.js';
import { describeRows } from './harness/suite.js';
import { IDN_AS_WRITTEN, IDN_HOST, TARGET_ROWS, WILDCARD } from './rows/target.js';

const policy = policyText([
  PARTNER0001,
  partner({ id: 'idn', hosts: [IDN_AS_WRITTEN], release: [MSISDN_UNCHANGED] }),
  partner({
    id: 'wild',
    hosts: [`*.${WILDCARD}`],
    release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'wire-key' }],
  }),
]);

describeRows('targets', TARGET_ROWS, {
  name: 'rows-targets',
  policy,
  files: { 'wire-key': Buffer.alloc(32, 7) },
  settings: { keys: { 'wire-key': 'wire-key' } },
  partnerHosts: [IDN_HOST, `x.${WILDCARD}`],
});
