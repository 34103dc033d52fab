// Random policy files, small and crowded: few labels, ports, listeners and days, so that rules meet. Most pairs differ in little.
import fc from 'fast-check';
import { isCovered, type PartnerFile, type PolicyFile, type Rule } from './brute-force.js';

/** Before the first day that a file may name. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const INSTANTS = [
  '2026-11-01T00:00:00Z',
  '2026-12-01T00:00:00Z',
  '2027-02-01T00:00:00Z',
  '2027-06-01T00:00:00Z',
];
const LATE = ['2026-11-10T00:00:00Z', '2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z', '2027-12-01T00:00:00Z'];
export const LISTENERS = ['internet', 'mvno'];

const label = fc.constantFrom('a', 'b');
const exact = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => [...labels, 'example'].join('.'));
const wildcard = fc
  .tuple(fc.constantFrom('*.', '**.'), fc.array(label, { minLength: 1, maxLength: 2 }))
  .map(([stars, labels]) => `${stars}${[...labels, 'example'].join('.')}`);
const hosts = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: exact }, { weight: 2, arbitrary: wildcard }), {
  minLength: 1,
  maxLength: 3,
});
const listeners = fc.option(fc.subarray(LISTENERS, { minLength: 1 }), { nil: undefined, freq: 3 });
const from = fc.option(fc.constantFrom(...INSTANTS), { nil: undefined, freq: 2 });
const until = fc.constantFrom(...LATE);

const rule = (header: string): fc.Arbitrary<Rule> =>
  fc.oneof(
    fc.constant({ header, as: 'unchanged' as const }),
    fc.constantFrom('k1', 'k2', ['k1', 'k2']).map((key) => ({ header, as: 'pseudonym' as const, key })),
  );
const release = fc
  .subarray(['X-MSISDN', 'X-IMSI', 'X-Acme-Line'], { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(rule)));

const partner = (id: string): fc.Arbitrary<PartnerFile> =>
  fc
    .record(
      {
        hosts,
        transport: fc.constantFrom('http' as const, 'tls' as const),
        ports: fc.subarray([80, 8080], { minLength: 1 }),
        connect: fc.constantFrom(443, 8443),
        listeners,
        release,
        from,
        until,
      },
      { requiredKeys: ['hosts', 'transport', 'release', 'until'] },
    )
    .map(({ connect, ...rest }) =>
      present({ id, ...rest, ...(rest.transport === 'tls' && connect !== undefined ? { connect } : {}) }),
    );

const deny = fc.record({ hosts, listeners, from, until: fc.option(until, { nil: undefined }) }).map(present);
const watch = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('Client-ID', 'Profile', 'X-App-Session'), from, until }).map(present),
  {
    selector: ({ name }) => name,
    maxLength: 2,
  },
);
const suppressions = fc.uniqueArray(
  fc.record({ field: fc.constantFrom('X-Phone', 'X-Tel'), host: exact, from, until }).map(present),
  { selector: ({ field, host }) => `${field} ${host}`, maxLength: 2 },
);
const headers = fc.subarray([{ name: 'X-Acme-Line' }, { prefix: 'X-Acme-Sub-' }, { prefix: 'X-Acme-Subscription' }]);
const detector = fc.constantFrom('withhold' as const, 'withhold' as const, 'count' as const);

/** Two patterns that share a host; in names of two letters every overlap shows within four labels. */
const HOSTS = ['example', 'a.example', 'b.example'].flatMap((top) =>
  ['', 'a.', 'b.', 'a.a.', 'b.a.', 'a.b.', 'b.b.', 'a.a.a.', 'a.b.a.', 'a.a.b.', 'a.b.b.'].map(
    (rest) => `${rest}${top}`,
  ),
);
const doMeet = (a: PartnerFile, b: PartnerFile): boolean =>
  HOSTS.some(
    (host) => a.hosts.some((each) => isCovered(each, host)) && b.hosts.some((each) => isCovered(each, host)),
  ) &&
  (a.ports ?? [80]).some((port) => (b.ports ?? [80]).includes(port)) &&
  (a.listeners ?? LISTENERS).some((name) => (b.listeners ?? LISTENERS).includes(name)) &&
  (a.from ?? '') < (b.until ?? '~') &&
  (b.from ?? '') < (a.until ?? '~');

/** What the language refuses is mended: a host has one partner, no number goes unchanged over plain http to a wildcard. */
const mended = (partners: readonly PartnerFile[]): readonly PartnerFile[] => {
  const kept: PartnerFile[] = [];
  for (const each of partners) {
    const isPlain = each.transport === 'http' && each.hosts.some((host) => host.startsWith('*'));
    const candidate: PartnerFile = isPlain
      ? { ...each, release: each.release.map(({ header }) => ({ header, as: 'pseudonym', key: 'k1' })) }
      : each;
    if (!kept.some((other) => doMeet(other, candidate))) kept.push(candidate);
  }
  return kept;
};
const withKnown = (
  headers: PolicyFile['identity']['headers'],
  partners: readonly PartnerFile[],
): readonly PartnerFile[] =>
  headers.some(({ name }) => name === 'X-Acme-Line')
    ? partners
    : partners.flatMap((each) => {
        const release = each.release.filter(({ header }) => header !== 'X-Acme-Line');
        return release.length === 0 ? [] : [{ ...each, release }];
      });

const policyFile: fc.Arbitrary<PolicyFile> = fc.record({
  identity: fc.record({ headers, watch }),
  detection: fc.record({
    exact: detector,
    numbers: detector,
    hints: detector,
    novelty: fc.constantFrom('quarantine' as const, 'observe' as const),
  }),
  partners: fc
    .tuple(...['one', 'two', 'three'].map((id) => fc.option(partner(id), { nil: undefined })))
    .map((all) => all.filter((each) => each !== undefined)),
  deny: fc.array(deny, { maxLength: 2 }),
  suppressions,
});

/** A second file that has some parts of the first. */
export const policyPair: fc.Arbitrary<readonly [PolicyFile, PolicyFile]> = fc
  .tuple(policyFile, policyFile, fc.integer({ min: 0, max: 63 }))
  .map(([a, b, kept]) => [
    mendedFile(a),
    mendedFile({
      identity: {
        headers: (kept & 1) > 0 ? a.identity.headers : b.identity.headers,
        watch: (kept & 2) > 0 ? a.identity.watch : b.identity.watch,
      },
      detection: (kept & 4) > 0 ? a.detection : b.detection,
      partners: (kept & 8) > 0 ? [...a.partners.slice(0, 2), ...b.partners.slice(2)] : b.partners,
      deny: (kept & 16) > 0 ? a.deny : b.deny,
      suppressions: (kept & 32) > 0 ? a.suppressions : b.suppressions,
    }),
  ]);

/** The file with everything that the language requires beside what the tests are about. */
export function wholeFile(file: PolicyFile): Record<string, unknown> {
  const kept = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
  const owned = { owner: 'ops@operator.example', reason: 'fuzz' };
  return present({
    version: 1,
    identity: present({
      headers: kept(file.identity.headers.map((header) => ({ ...header, carries: 'msisdn' }))),
      watch: kept(file.identity.watch.map((watched) => ({ ...watched, ...owned }))),
    }),
    detection: file.detection,
    partners: kept(file.partners.map((each) => ({ name: each.id, purpose: 'fuzz', owner: owned.owner, ...each }))),
    deny: kept(file.deny.map((each) => ({ ...each, reason: 'fuzz' }))),
    suppressions: kept(file.suppressions.map((each) => ({ ...each, ...owned }))),
    ...(file.partners.length === 0 ? { releasesNothing: true } : {}),
  });
}

function mendedFile(file: PolicyFile): PolicyFile {
  return { ...file, partners: mended(withKnown(file.identity.headers, file.partners)) };
}

/** Without keys that are undefined, and without a start that is not before its end. */
function present<T extends object>(value: T): T {
  const { from, until } = value as { from?: string; until?: string };
  const isEmpty = from !== undefined && until !== undefined && from >= until;
  return Object.fromEntries(
    Object.entries(value).filter(([key, each]) => each !== undefined && !(isEmpty && key === 'from')),
  ) as T;
}
