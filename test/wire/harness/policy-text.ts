// The policy and settings of the rows, as text. JSON is YAML: what is not under test here is the file's syntax.
import { PARTNER } from './values.js';

const DAY_MS = 86_400_000;

/** A whole day, `days` from today, as policies write it. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

export interface PartnerText {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly release: readonly Readonly<Record<string, unknown>>[];
  readonly [key: string]: unknown;
}

/** A partner with everything that a policy must say and a case does not care about. */
export function partner(text: PartnerText): Readonly<Record<string, unknown>> {
  return {
    name: `${text.id} Ltd`,
    purpose: 'wire cases',
    contract: 'WIRE-1',
    owner: 'wire@operator.example',
    transport: 'http',
    from: dayFromNow(-30),
    until: dayFromNow(300),
    ...text,
  };
}

export const MSISDN_UNCHANGED = { header: 'X-MSISDN', as: 'unchanged' };

/** The partner of most rows. */
export const PARTNER0001 = partner({ id: 'partner0001', hosts: [PARTNER], release: [MSISDN_UNCHANGED] });

/** A policy with these partners and the drama numbers as our own; novelty only observes, rows are too few to learn from. */
export function policyText(partners: readonly object[], more: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(
    {
      version: 1,
      identity: {
        numbers: [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }],
      },
      detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' },
      partners,
      ...(partners.length === 0 ? { releasesNothing: true } : {}),
      ...more,
    },
    null,
    2,
  );
}
