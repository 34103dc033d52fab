import { BytePlan } from '../../src/decision/byte-plan.js';
import { CLUE, IDENTITY, KEPT, PROXY } from '../../src/decision/byte-names.js';
import { ByteRules } from '../../src/decision/byte-rules.js';
import { hintOf } from '../../src/decision/hint.js';
import { isToken } from '../../src/http/grammar.js';
import { LinePool } from '../../src/http/head-lines.js';
import { staysWithUs } from '../../src/http/hop-by-hop.js';
import { HTTP_NAMES } from '../../src/http/http-names.js';
import type { NameClasses } from '../../src/http/name-classes.js';
import { RequestReader } from '../../src/http/request-reader.js';
import { keyOf } from '../../src/names/key.js';
import { parseAuthority } from '../../src/names/authority.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import type { Policy } from '../../src/policy/policy.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { latin1, LIMITS } from '../http/transcript.js';
import { NOW, PERIOD, POLICY, RULESET, rulesetFor } from './ruleset-fixture.js';

const SKEW = 30_000;
const RULES = ByteRules.of(RULESET, { nowMs: NOW, skewMs: SKEW });

function classOf({ symbols, next, accept }: NameClasses, name: string): number {
  let state = 0;
  for (const byte of latin1(name)) state = next[(state << 6) | (symbols[byte] ?? 0)] ?? 0;
  return accept[state] ?? 0;
}

const NAMES = [
  ...CATALOGUE.map(({ name, prefix }) => name ?? `${prefix ?? ''}more`),
  ...[
    'X-Acme-Line',
    'X-Acme-Sub-Plan',
    'x-acme-sub-',
    'x-acme-sub',
    'Client-ID',
    'X-Phone',
    'Proxy-Client-IP',
    'Proxy-Any',
  ],
  ...['Host', 'Content-Length', 'Transfer-Encoding', 'Keep-Alive', 'Authorization', 'http2-settings', 'http'],
  ...['X-Runtime-Id', 'X-My-Msisdn', 'X-Subscriber-Any', 'X-Cell-Id-2', 'acr', 'httphttp-x-msisdn'],
];

/** What the automaton says of a name must be what the names' own rules say. */
function expectAgreed(name: string): void {
  const known = classOf(RULES.names, name);
  const meaning = RULES.meanings[known];
  const kind = known === 0 ? KEPT : meaning?.kind;
  const identity = RULESET.identify(name);
  if (staysWithUs(name)) return;
  const isWatched = identity?.key === 'clientid';
  const isWithheld = identity?.action === 'strip' && !isWatched;
  if (isWithheld !== (kind === IDENTITY)) throw new Error(`${name}: ${kind}`);
  if (!isWithheld) {
    if (kind === KEPT && identity === undefined && hintOf(name) !== undefined) throw new Error(`${name}: a hint`);
    if (kind === CLUE || kind === PROXY) expect(identity).toBeUndefined();
    if (identity?.action === 'count' && identity.class !== 'address') expect(kind).not.toBe(KEPT);
    return;
  }
  const { label, class: carries } = RULES.labels[RULES.labelOf[known] ?? -1] ?? {};
  if (label !== identity.label || carries !== identity.class || (meaning?.key ?? identity.key) !== identity.key) {
    throw new Error(`${name}: ${label}`);
  }
}

test('every name in every spelling, and every change of one byte of it, has the meaning that the ruleset gives it', () => {
  for (const name of NAMES) {
    for (const spelling of [
      name,
      name.toUpperCase(),
      name.replaceAll('-', '_'),
      name.replaceAll('-', ''),
      `HTTP_${name}`,
    ]) {
      expectAgreed(spelling);
      for (let at = 0; at <= spelling.length; at += 1) {
        for (const other of ['', 'x', '7', '_', 'i']) {
          const changed = spelling.slice(0, at) + other + spelling.slice(at + 1);
          if (isToken(changed)) expectAgreed(changed);
        }
      }
    }
  }
});

test('names that stay with us are of http’s classes, whatever their spelling', () => {
  for (const name of ['Keep-Alive', 'TE', 'Proxy_Authorization', 'HTTP2-Settings', 'transferencoding', 'EXPECT']) {
    expect(classOf(RULES.names, name)).toBe(classOf(HTTP_NAMES, name));
    expect(classOf(RULES.names, name)).toBeGreaterThan(0);
    // What CGI makes of such a name is another name, for all that http says.
    expect(classOf(RULES.names, `http-${name}`)).toBe(0);
  }
});

test('an automaton of the catalogue has less than 4,000 states, 512 KB', () => {
  for (const { accept } of [RULES.names, RULES.answerNames]) expect(accept.length).toBeLessThan(4000);
});

describe('the stretch of time', () => {
  const edges = (policy: Partial<Policy>, nowMs: number): readonly number[] => {
    const rules = ByteRules.of(rulesetFor(policy), { nowMs, skewMs: SKEW });
    return [rules.fromMs, rules.untilMs];
  };
  const nothing = { partners: [], deny: [], watch: [], suppressions: [] };

  test('is all time where nothing begins or ends', () => {
    expect(edges(nothing, NOW)).toEqual([-Infinity, Infinity]);
  });

  test.each(['partners', 'deny', 'watch', 'suppressions'] as const)(
    'ends a skew before and after each edge: %s',
    (part) => {
      const [first] = POLICY[part];
      const policy = { ...nothing, [part]: [{ ...first, period: PERIOD }] };
      const { from, until } = PERIOD;
      const all = [-Infinity, from - SKEW, from + SKEW, until - SKEW, until + SKEW, Infinity];
      for (let i = 0; i + 1 < all.length; i += 1) {
        const stretch = [all[i] ?? 0, all[i + 1] ?? 0];
        const inside = Number.isFinite(stretch[0]) ? (stretch[0] ?? 0) : (stretch[1] ?? 0) - 1;
        expect(edges(policy, inside)).toEqual(stretch);
        if (Number.isFinite(stretch[1])) expect(edges(policy, (stretch[1] ?? 0) - 1)).toEqual(stretch);
      }
    },
  );

  test('a name that is watched in it is ordinary, and identity in another', () => {
    const late = ByteRules.of(RULESET, { nowMs: PERIOD.until, skewMs: SKEW });
    expect(classOf(RULES.names, 'Client-ID')).toBe(0);
    expect(late.meanings[classOf(late.names, 'Client-ID')]).toMatchObject({ kind: IDENTITY, label: 'clientid' });
  });
});

test('names that are too many for an automaton leave every request to the strings', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const headers = Array.from({ length: 1000 }, (_, i) => {
    const key = Array.from({ length: 80 }, (_unused, k) => letters[(i * 7919 + k * k * (i + 3)) % 26]).join('');
    return { kind: 'name' as const, key: `q${i}${key}`, spelling: key, carries: 'token' as const };
  });
  const rules = ByteRules.of(rulesetOf({ ...POLICY, headers }, ''), { nowMs: NOW, skewMs: SKEW });
  expect([rules.names, rules.answerNames, rules.meanings]).toEqual([HTTP_NAMES, HTTP_NAMES, []]);
  const reader = new RequestReader({ pool: new LinePool(LIMITS), authorityOf: (text) => parseAuthority(text, 80) });
  const bytes = latin1('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  expect(reader.read(bytes, 0, bytes.length)).toBe('head');
  const release = rules.releaseFor(undefined, 'a.example');
  expect(new BytePlan().make(rules, reader.lines, { release, trusted: true, pathStart: 4, pathEnd: 5 })).toBe(
    'strings',
  );
});

describe('a destination', () => {
  const releaseOf = (host: string, policy: Partial<Policy> = {}): ReturnType<ByteRules['releaseFor']> => {
    const ruleset = rulesetFor(policy);
    const release = ruleset.release({ listener: 'internet', host, port: 80, times: [NOW], skewMs: SKEW });
    return ByteRules.of(ruleset, { nowMs: NOW, skewMs: SKEW }).releaseFor(release, host);
  };

  test('that is released headers unchanged only is for bytes', () => {
    expect(releaseOf('pay.secure.example')).toMatchObject({
      needsStrings: false,
      rules: [{ header: 'X-MSISDN', label: 'x-msisdn', form: 'unchanged' }],
    });
  });

  test.each([
    ['that is released a pseudonym', 'partner.example'],
    ['at which a detector leaves a field alone', 'api.taxi.example'],
  ])('%s is for strings', (_what, host) => {
    expect(releaseOf(host).needsStrings).toBe(true);
  });

  test('whose rule says another class than the name’s identity is for strings', () => {
    const [, secure] = POLICY.partners;
    if (secure === undefined) throw new Error('the fixture has it');
    const release = secure.release.map((rule) => ({ ...rule, class: 'token' as const }));
    expect(releaseOf('pay.secure.example', { partners: [{ ...secure, release }] }).needsStrings).toBe(true);
    expect(keyOf(release[0]?.header ?? '')).toBe('xmsisdn');
  });

  test('that is a stranger has no rules', () => {
    expect(releaseOf('stranger.example')).toEqual({ needsStrings: false, rules: [], ruleOf: null });
  });
});
