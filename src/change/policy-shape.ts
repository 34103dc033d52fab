// The exact shape of a compiled policy in a stored document. A member too many, too few or of another kind is no policy.
import { z } from 'zod';
import type { HostPattern, Policy } from '../policy/policy.js';

const texts = z.array(z.string());
const moment = z.int();
const period = z.strictObject({ from: moment.nullable(), until: moment.nullable() });
const identityClass = z.enum(['msisdn', 'imsi_imei', 'token', 'network', 'location', 'address']);
const port = z.int().min(1).max(65_535);
const reaction = z.enum(['withhold', 'count']);

export const hostPatternShape: z.ZodType<HostPattern> = z.strictObject({
  kind: z.enum(['exact', 'one', 'any']),
  host: z.string(),
});

const release = z.strictObject({
  key: z.string(),
  header: z.string(),
  class: identityClass,
  form: z.enum(['pseudonym', 'unchanged']),
  keyIds: texts,
});

const partner = z.strictObject({
  id: z.string(),
  own: z.boolean(),
  name: z.string(),
  purpose: z.string(),
  contract: z.string().nullable(),
  owner: z.string(),
  basis: z.string().nullable(),
  country: z.string().nullable(),
  hosts: z.array(hostPatternShape),
  transport: z.enum(['http', 'tls']),
  ports: z.array(port),
  connect: port.nullable(),
  listeners: texts.nullable(),
  release: z.array(release),
  period,
});

export const policyShape: z.ZodType<Policy> = z.strictObject({
  version: z.literal(1),
  timezone: z.string(),
  headers: z.array(
    z.strictObject({
      kind: z.enum(['name', 'prefix']),
      key: z.string(),
      spelling: z.string(),
      carries: identityClass,
    }),
  ),
  watch: z.array(
    z.strictObject({ key: z.string(), spelling: z.string(), reason: z.string(), owner: z.string(), period }),
  ),
  numbers: z.array(
    z.strictObject({
      countryCode: z.string(),
      ranges: z.array(z.strictObject({ prefix: z.string(), digits: z.int().min(1) })),
      plmns: texts,
      placeholders: texts,
    }),
  ),
  detection: z.strictObject({
    exact: reaction,
    numbers: reaction,
    hints: reaction,
    novelty: z.enum(['observe', 'quarantine']),
  }),
  partners: z.array(partner),
  deny: z.array(
    z.strictObject({ hosts: z.array(hostPatternShape), reason: z.string(), listeners: texts.nullable(), period }),
  ),
  suppressions: z.array(
    z.strictObject({
      key: z.string(),
      spelling: z.string(),
      host: z.string(),
      reason: z.string(),
      owner: z.string(),
      period,
    }),
  ),
  releasesNothing: z.boolean(),
});
