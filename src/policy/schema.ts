// The policy file's shape, once: types, messages and the JSON Schema for editors come from here. Shape only; what a policy
// may not say whatever its shape (the never-set) is judged in the compile files.
import { z } from 'zod';

const text = (description: string): z.ZodString => z.string().min(1).max(200).describe(description);

/** Ids are labels of metrics, where `other` stands for what has no label of its own. */
const id = (description: string): z.ZodString =>
  z
    .string()
    .regex(/^(?!other$)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, {
      error: 'it takes 1 to 40 small letters, digits and inner hyphens, but `other`',
    })
    .describe(description);

const partnerId = id(
  'Stable name of the partner: in metrics, reports and pseudonyms. Another id gives other pseudonyms.',
);
const keyId = id('Name of a pseudonym key; the key itself is a file that headgate.yaml names.');
const listenerName = id('Name of a listener in headgate.yaml.');

const headerName = z
  .string()
  .regex(/^(?=.*[A-Za-z0-9])[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, {
    error: 'it takes one header name: letters, digits, `-`, `_` and `.`, at most 64',
  })
  .describe('A header name. Case, `-`, `_` and `.` do not distinguish names: X-MSISDN and x_msisdn are one.');

const host = z
  .string()
  .max(300)
  .describe(
    'A host: `a.b` exactly, `*.a.b` one label more, `**.a.b` one or more labels more. Never the apex of a wildcard.',
  );

const moment = z.string().regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2}))?$/, {
  error: 'it takes a day like `2026-12-31` or an instant like `2026-12-31T18:00:00Z`',
});
const from = moment.describe('First day, from its start in `timezone`; or an instant. Default: always.');
const until = moment.describe(
  'Last day, whole, in `timezone`; or the instant at which it ends. At most 3 years ahead.',
);

const carries = z
  .enum(['msisdn', 'imsi_imei', 'token', 'network', 'location', 'address'])
  .describe('What the value is: the number, a device or card identity, a token, network data, a location, an address.');

const listeners = z
  .array(listenerName)
  .min(1)
  .max(100)
  .describe('The listeners that it holds on. Default: all. An empty list is refused: it could mean all or none.');

const ownHeader = z
  .strictObject({
    name: headerName.optional(),
    prefix: headerName.describe('Every name that starts so; at least 6 letters and digits.').optional(),
    carries,
  })
  .describe('A header that our own enrichers add: `name` or `prefix`. It counts as identity everywhere.');

const watch = z
  .strictObject({
    name: headerName,
    prefix: headerName.describe('Refused: one name at a time is watched.').optional(),
    reason: text('Why it may be forwarded.'),
    owner: text('Who answers for it, as an address of e-mail.'),
    from: from.optional(),
    until,
  })
  .describe(
    'A name that ordinary applications use: of the catalogue, forwarded to everyone all the same; or one that nobody knew, not held in quarantine. Its value is still looked at.',
  );

const numbers = z
  .strictObject({
    countryCode: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, { error: 'it takes 1 to 3 digits without `+` or `00`' })
      .describe('Country code, quoted.'),
    ranges: z
      .array(
        z.strictObject({
          prefix: z
            .string()
            .regex(/^[1-9]\d{1,14}$/, { error: 'it takes 2 to 15 digits that begin with the country code' })
            .describe('First digits, international, country code first, quoted.'),
          digits: z.int().min(8).max(15).describe('Length of a whole number of this range, country code included.'),
        }),
      )
      .min(1)
      .max(10_000)
      .describe('Ranges of our own subscribers’ numbers.'),
    plmns: z
      .array(z.string().regex(/^\d{5,6}$/, { error: 'it takes 5 or 6 digits: country code and network code' }))
      .min(1)
      .max(1000)
      .describe('Our networks, as the first digits of an IMSI, quoted.')
      .optional(),
    placeholders: z
      .array(z.string().regex(/^\d{5,16}$/, { error: 'it takes 5 to 16 digits' }))
      .min(1)
      .max(1000)
      .describe('Values that enrichers send when they have no number: they are no identity. Quoted.')
      .optional(),
  })
  .describe('What our own subscribers’ numbers look like.');

const release = z
  .strictObject({
    header: headerName.describe('The header, in the spelling that the partner receives.'),
    as: z.enum(['pseudonym', 'unchanged']).describe('The form of the value: a keyed hash, or as it came.'),
    key: z
      .union([keyId, z.array(keyId).min(1).max(4)])
      .describe('With `pseudonym`: the key, or several for an overlap; all are sent, in this order.')
      .optional(),
  })
  .describe('One header and the form in which it is released.');

const partner = z
  .strictObject({
    id: partnerId,
    own: z
      .boolean()
      .describe('The operator’s own service: single labels and IP addresses are permitted as hosts. Default: false.')
      .optional(),
    name: text('The partner as people call it.'),
    purpose: text('What the identity is used for.'),
    contract: text('Reference of the agreement.').optional(),
    owner: text('Who answers for this partner with us, as an address of e-mail.'),
    basis: z.enum(['consent', 'contract', 'legal duty']).describe('Legal basis, for the register.').optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'it takes two capital letters (ISO 3166-1)' })
      .describe('Where the partner is, for the register. `NO` must be quoted.')
      .optional(),
    hosts: z.array(host).min(1).max(200_000).describe('The hosts that belong to this partner, and to no other.'),
    transport: z
      .enum(['http', 'tls'])
      .describe('`tls`: we connect with TLS and verify, though the subscriber asked with http. `http`: as asked.'),
    ports: z
      .array(z.int().min(1).max(65535))
      .min(1)
      .max(100)
      .describe('The ports that the subscriber asks for. Default: [80].')
      .optional(),
    connect: z.int().min(1).max(65535).describe('With `tls`: the port that we connect to. Default: 443.').optional(),
    listeners: listeners.optional(),
    release: z.array(release).min(1).max(100).describe('What the partner receives.'),
    from: from.optional(),
    until,
  })
  .describe('A contracted third party or an own service, its hosts, and what they receive.');

const deny = z
  .strictObject({
    hosts: z.array(host).min(1).max(200_000).describe('Hosts that receive no identity, whatever a partner says.'),
    reason: text('Why.'),
    listeners: listeners.optional(),
    from: from.optional(),
    until: until.describe('Last day, whole, in `timezone`; or an instant. Default: for good.').optional(),
  })
  .describe('Wins over everything.');

const suppression = z
  .strictObject({
    field: headerName.describe('The field that detectors misjudge.'),
    host: host.describe('One exact host.'),
    reason: text('Why it is no identity of ours.'),
    owner: text('Who answers for it, as an address of e-mail.'),
    from: from.optional(),
    until,
  })
  .describe('One field to one exact host that detectors leave alone.');

const choice = z.enum(['withhold', 'count']);

/** The whole policy language. Sizes are limits that refuse; nothing is cut. */
export const POLICY_SCHEMA = z
  .strictObject({
    version: z.literal(1).describe('Version of this language.'),
    timezone: text('IANA time zone of the dates below. Default: UTC.').optional(),
    identity: z
      .strictObject({
        headers: z.array(ownHeader).max(1000).describe('What our own enrichers add, beside the catalogue.').optional(),
        watch: z
          .array(watch)
          .max(1000)
          .describe('Names that ordinary applications use: forwarded to everyone.')
          .optional(),
        numbers: z.array(numbers).max(100).describe('Our numbers, for the detectors.').optional(),
      })
      .describe('What counts as subscriber identity here.')
      .optional(),
    detection: z
      .strictObject({
        exact: choice.describe('A value of an identity header found in another field. Default: withhold.').optional(),
        numbers: choice.describe('A number of ours found in a field. Default: count.').optional(),
        hints: choice.describe('An unknown name that hints at identity. Default: count.').optional(),
        novelty: z
          .enum(['observe', 'quarantine'])
          .describe('A name that nobody knows and that follows the subscriber. Default: quarantine.')
          .optional(),
      })
      .describe('What detectors do with what they find.')
      .optional(),
    partners: z.array(partner).max(100_000).describe('Who receives identity.').optional(),
    deny: z.array(deny).max(10_000).describe('Who never does; wins over everything.').optional(),
    suppressions: z.array(suppression).max(10_000).describe('Fields that detectors leave alone.').optional(),
    releasesNothing: z
      .boolean()
      .describe('Must be true when no partner is listed, so that an empty policy is no accident. Default: false.')
      .optional(),
  })
  .describe('headgate policy: who receives subscriber identity headers, and in which form.');

/** The file's value after validation, before compilation; indices are the file's. */
export type PolicyFile = z.output<typeof POLICY_SCHEMA>;
