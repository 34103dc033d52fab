// The differ and brute force agree: over random pairs of policies, at every point, a difference is listed exactly where it is one;
// witnesses are real; a policy differs from itself in nothing; the other way round is the other direction.
import fc from 'fast-check';
import { plan } from '../../src/decision/plan.js';
import type { RequestHead } from '../../src/http/message.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { diffOf, type Diff, type ReleaseChange } from '../../src/policy/diff.js';
import { renderHostPattern } from '../../src/policy/host-pattern.js';
import type { Permitted } from '../../src/policy/exposure.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import {
  changeOf,
  isCovered,
  partnerAt,
  permissionAt,
  type Header,
  type Point,
  type PolicyFile,
} from './brute-force.js';
import { INSTANTS, LISTENERS, NOW, policyPair, wholeFile } from './policy-files.js';

const RUNS = Math.max(1000, Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 0));
const SEED = Number(process.env['HEADGATE_FUZZ_SEED'] ?? Date.now() % 0x7fff_ffff);

/** Each header of the brute force by the member of the exposure that it is a case of. */
const HEADERS: Readonly<Record<string, Header>> = {
  'name:xmsisdn': { name: 'X-MSISDN' },
  'name:ximsi': { name: 'X-IMSI' },
  'name:xacmeline': { name: 'X-Acme-Line' },
  'name:clientid': { name: 'Client-ID' },
  'name:profile': { name: 'Profile' },
  'prefix:xacmesub': { name: 'X-Acme-Sub-Q' },
  'prefix:xacmesubscription': { name: 'X-Acme-Subscription-Q' },
  'other:value': { detector: 'exact' },
  'other:number': { detector: 'numbers' },
  'other:hint': { detector: 'hints' },
  'other:novel': { detector: 'novelty' },
  'accepted:xappsession': { accepted: 'X-App-Session' },
  'unexamined:xphone': { suppressed: 'X-Phone' },
  'unexamined:xtel': { suppressed: 'X-Tel' },
};

const HOSTS = ['example', 'z'].flatMap((top) => {
  let level = [top];
  const all = [top];
  for (let depth = 2; depth <= (top === 'z' ? 2 : 4); depth += 1) {
    level = level.flatMap((host) => ['a', 'b', 'z'].map((label) => `${label}.${host}`));
    all.push(...level);
  }
  return all;
});
const PORTS = [80, 8080, 81];
const TIMES = [NOW, ...[...INSTANTS, '2027-01-01T00:00:00Z', '2027-12-01T00:00:00Z'].map((text) => Date.parse(text))]
  .filter((time) => time >= NOW)
  .sort((a, b) => a - b);
/** At each host. */
const POINTS: readonly Omit<Point, 'host'>[] = PORTS.flatMap((port) =>
  [...LISTENERS, 'roaming'].flatMap((listener) => TIMES.map((time) => ({ port, listener, time }))),
);

const rulesetFor = (file: PolicyFile): Ruleset | undefined => {
  const source = { file: 'policy.yaml', text: JSON.stringify(wholeFile(file)) };
  const outcome = compilePolicy(source, { now: NOW });
  return outcome.ok ? rulesetOf(outcome.value.policy, outcome.value.digest) : undefined;
};

const textOf = ({ form, keys, route }: Permitted): string => {
  if (form === 'none' || route === null) return 'none';
  const way = route.transport === 'http' ? 'http' : `tls:${String(route.port)}`;
  return form === 'pseudonym' ? `pseudonym(${keys.join()}) ${way}` : `unchanged ${way}`;
};

const isIn = (change: ReleaseChange, { port, listener, time }: Point): boolean => {
  const { ports, listeners, from, until } = change;
  if (ports.members.includes(port) !== (ports.kind === 'only')) return false;
  if (listeners.members.includes(listener) !== (listeners.kind === 'only')) return false;
  return (from === null || time >= from) && (until === null || time < until);
};
const isAt = ({ regions }: ReleaseChange, host: string): boolean =>
  regions.some(({ pattern, except }) => {
    const inside = (each: typeof pattern): boolean =>
      each.host === '' ? each.kind === 'any' || !host.includes('.') : isCovered(renderHostPattern(each), host);
    return inside(pattern) && !except.some(inside);
  });

/** A longer prefix that neither file has is a part of the shorter one; a name that neither accepts is any novel one. */
const memberOf = (name: string, files: readonly PolicyFile[]): string => {
  const isAccepted = files.some(({ identity }) => identity.watch.some((each) => each.name === 'X-App-Session'));
  if (name === 'accepted:xappsession' && !isAccepted) return 'other:novel';
  const isThere = files.some(({ identity }) => identity.headers.some(({ prefix }) => prefix === 'X-Acme-Subscription'));
  return name === 'prefix:xacmesubscription' && !isThere ? 'prefix:xacmesub' : name;
};

/** The first point at which the list and the brute force disagree. */
function disagreement(diff: Diff, old: PolicyFile, next: PolicyFile): string | undefined {
  const headers = Object.entries(HEADERS).map(([name, header]) => ({ member: memberOf(name, [old, next]), header }));
  const stray = diff.releases.find(({ member }) => !headers.some((each) => each.member === member.id));
  if (stray !== undefined) return `a member that is none: ${stray.member.id}`;
  const texts = new Map(diff.releases.map((each) => [each, `${textOf(each.before)} -> ${textOf(each.after)}`]));
  for (const host of HOSTS) {
    const here = diff.releases.filter((change) => isAt(change, host));
    for (const point of POINTS.map((rest) => ({ ...rest, host }))) {
      const [a, b] = [partnerAt(old, point), partnerAt(next, point)];
      const listed = new Map<string, string>();
      for (const change of here) {
        if (!isIn(change, point)) continue;
        const [{ id }, text = ''] = [change.member, texts.get(change)];
        const before = listed.get(id);
        listed.set(id, before === undefined ? text : `${before}; ${text}`);
      }
      for (const { member, header } of headers) {
        const before = permissionAt(old, header, point, a);
        const after = permissionAt(next, header, point, b);
        const said = listed.get(member) ?? '';
        const truth = changeOf([before, after], [a, b]);
        if (said !== truth) return `${member} at ${JSON.stringify(point)}: said ${said}, is ${truth}`;
      }
    }
  }
  return undefined;
}

/** The number and the key that the witnesses are asked with. */
const NUMBER = '447700900123';
const KEYS = new Map(['k1', 'k2'].map((id) => [id, new Uint8Array(32).fill(id.charCodeAt(1))]));
const SPELLINGS: Readonly<Record<string, string>> = {
  'name:xmsisdn': 'X-MSISDN',
  'name:ximsi': 'X-IMSI',
  'name:xacmeline': 'X-Acme-Line',
  'name:clientid': 'Client-ID',
  'name:profile': 'Profile',
  'prefix:xacmesub': 'X-Acme-Sub-Q',
  'prefix:xacmesubscription': 'X-Acme-Subscription-Q',
  'other:value': 'X-Other',
  'other:novel': 'X-New',
  'accepted:xappsession': 'X-App-Session',
  'unexamined:xphone': 'X-Phone',
  'unexamined:xtel': 'X-Tel',
};

/** What the gateway itself does with the witness: the form in which the header left, and the route. */
const observed = (ruleset: Ruleset, { member, witness }: ReleaseChange): string => {
  const name = SPELLINGS[member.id] ?? '';
  const isPlanted = member.kind === 'value' || member.kind === 'unexamined';
  const head: RequestHead = {
    method: 'GET',
    target: witness.url,
    version: '1.1',
    fields: [
      { name: 'Host', value: new URL(witness.url).host },
      // The value of another identity header of this request; released to nobody of the random policies.
      ...(isPlanted ? [{ name: 'X-Nokia-MSISDN', value: NUMBER }] : []),
      { name, value: member.kind === 'name' || isPlanted ? NUMBER : 'abc' },
    ],
  };
  const planned = plan(ruleset, head, {
    now: witness.time,
    highestMs: witness.time,
    skewMs: 0,
    listener: witness.listener,
    trusted: true,
    lockdown: 'off',
    quarantined: ruleset.policy.detection.novelty === 'quarantine' ? new Set(['xnew', 'xappsession']) : new Set(),
    keys: KEYS,
    connectPorts: [],
    via: false,
    limits: { headBytes: 32768, fields: 128 },
  });
  if (planned.kind !== 'forward') throw new Error(`the witness ${witness.url} is refused`);
  const { transport, port } = planned.route;
  const left = planned.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
  // A field that detectors look at leaves all the same where they only count: then the count is what tells.
  const isSeen = planned.counts.leaked.some(({ field }) => field === name);
  if (left === undefined || (member.kind === 'unexamined' && isSeen)) return 'none';
  const ids = left.split(/, */).flatMap((part) => /^(k\d)\./.exec(part)?.[1] ?? []);
  const form =
    ids.length === 0 ? 'unchanged' : `pseudonym(${ids.map((id) => `${planned.partner ?? ''}/${id}`).join()})`;
  return `${form} ${transport === 'http' ? 'http' : `tls:${String(port)}`}`;
};

/** The first witness with which the gateway does something else than the change says. */
function falseWitness(diff: Diff, old: Ruleset, next: Ruleset): string | undefined {
  for (const change of diff.releases) {
    if (SPELLINGS[change.member.id] === undefined) continue;
    const both = change.before.form !== 'none' && change.after.form !== 'none';
    for (const [ruleset, permitted] of [
      [old, change.before],
      [next, change.after],
    ] as const) {
      const seen = observed(ruleset, change);
      // What everyone receives takes the route that the host has.
      const isForAll = permitted.form !== 'none' && permitted.partner === null && !both;
      const said = isForAll ? textOf(permitted).replace(/ .*/, '') : textOf(permitted);
      if ((isForAll ? seen.replace(/ .*/, '') : seen) !== said)
        return `${change.member.id} at ${change.witness.url}: said ${said}, left ${seen}`;
    }
  }
  return undefined;
}

const REVERSE = {
  widening: 'narrowing',
  narrowing: 'widening',
  equivalent: 'equivalent',
  incomparable: 'incomparable',
};

test('the differ lists what brute force finds, everywhere and nowhere else, and the gateway does what its witnesses say', () => {
  let compared = 0;
  let different = 0;
  let skipped = 0;
  let witnesses = 0;
  process.stderr.write(`differ against brute force: ${String(RUNS)} pairs, seed ${String(SEED)}\n`);
  fc.assert(
    fc.property(policyPair, ([old, next]) => {
      const [a, b] = [rulesetFor(old), rulesetFor(next)];
      // Two partners at one host, unchanged to a wildcard: no policy.
      if (a === undefined || b === undefined) skipped += 1;
      fc.pre(a !== undefined && b !== undefined);
      if (a === undefined || b === undefined) return;
      const diff = diffOf({ ruleset: a }, { ruleset: b }, NOW);
      const found = disagreement(diff, old, next);
      if (found !== undefined) throw new Error(found);
      const unreal = falseWitness(diff, a, b);
      if (unreal !== undefined) throw new Error(unreal);
      witnesses += diff.releases.length;
      compared += 1;
      if (diff.direction !== 'equivalent') different += 1;
      expect(diffOf({ ruleset: b }, { ruleset: a }, NOW).direction).toBe(REVERSE[diff.direction]);
      expect(diffOf({ ruleset: a }, { ruleset: a }, NOW).direction).toBe('equivalent');
    }),
    { numRuns: RUNS, seed: SEED, maxSkipsPerRun: 1000 },
  );
  process.stderr.write(
    `${String(compared)} pairs, ${String(different)} differ, ${String(witnesses)} witnesses; ${String(skipped)} were no policy\n`,
  );
  expect(compared).toBeGreaterThanOrEqual(RUNS);
  expect(different).toBeGreaterThan(RUNS / 2);
}, 600_000);
