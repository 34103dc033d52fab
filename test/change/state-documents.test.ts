// A document has exactly its shape: with any member left out, added or of another kind it is none.
import {
  CLOCK_MARK,
  EARLIER_POLICY,
  EPOCH_STATE,
  GATE_STATE,
  LOCKDOWN_STATE,
  NOVELTY_STATE,
} from '../../src/change/state-documents.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { POLICY, TEXT, digestOfNumber, recordOf, stateOf } from './admitted-fixture.js';

const full = stateOf(1, {
  breakGlass: { record: recordOf(2), until: 9, approval: digestOfNumber(3) },
  previous: [digestOfNumber(4)],
  history: { seq: 1, hash: digestOfNumber(5) },
});
const lockdown = {
  version: 1,
  lockdowns: [{ partner: 'pay', since: 1, reason: 'INC-1', by: 'alice@operator.example', via: 'api' }],
};

const novelty = {
  version: 1,
  listeners: [
    {
      listener: 'internet',
      since: 1,
      days: [{ day: 20_000, requests: 10, names: [['xnew', 3]] }],
      quarantined: [{ name: 'xnetline', since: 2 }],
    },
  ],
};

/** Maps whose keys are free: a member of theirs may come and go. */
const FREE = /\.(?:gated|groups|hosts)$/;

/** Each copy of `value` with one member left out, one more, or one of another kind; with the path of the change. */
function* spoiled(value: unknown, path = ''): Generator<readonly [string, unknown]> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) {
      for (const [where, other] of spoiled(member, `${path}[${index}]`)) yield [where, value.with(index, other)];
    }
  } else if (typeof value === 'object' && value !== null) {
    const isFree = FREE.test(path) && !Array.isArray(value);
    if (!isFree) yield [`${path} and more`, { ...value, more: 1 }];
    for (const [key, member] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      if (!isFree) yield [`${path} without ${key}`, rest];
      for (const [where, other] of spoiled(member, `${path}.${key}`)) yield [where, { ...value, [key]: other }];
    }
  }
  yield [`${path} true`, typeof value === 'boolean' ? 'true' : true];
  yield [`${path} NaN`, NaN];
}

test.each([
  ['state.json', GATE_STATE, full, 300],
  ['policies/DIGEST.json', EARLIER_POLICY, { version: 1, record: recordOf(1) }, 100],
  ['ledger/epoch.json', EPOCH_STATE, { version: 1, epoch: '2026-06-01-9f3c', key: '0011223344556677' }, 6],
  ['clock.json', CLOCK_MARK, { version: 1, highest: 5 }, 4],
  ['lockdown.json', LOCKDOWN_STATE, lockdown, 10],
  ['novelty.json', NOVELTY_STATE, novelty, 20],
])('%s is read as it is, and not with any one member spoiled', (_, document, value, least) => {
  expect(document.read(value)).toEqual(value);
  const all = [...spoiled(value)];
  expect(all.length).toBeGreaterThan(least);
  expect(all.filter(([, each]) => document.read(each) !== undefined).map(([path]) => path)).toEqual([]);
});

test.each([
  [{ at: 3, names: ['xusual'] }, true],
  [{ at: 3, names: [] }, true],
  [{ at: 3 }, false],
  [{ at: -1, names: [] }, false],
  [{ at: 3, names: ['X-Usual'] }, false],
  [{ at: 3, names: Array.from({ length: 1025 }, (_, n) => `x${String(n)}`) }, false],
  [null, false],
])('names that the fleet has told are a member of novelty.json, or the file is none', (told, is) => {
  const state = { ...novelty, listeners: novelty.listeners.map((each) => ({ ...each, told })) };
  expect(NOVELTY_STATE.read(state)).toEqual(is ? state : undefined);
});

test.each([
  ['another version', { ...full, version: 2 }],
  ['a digest in capitals', { ...full, previous: [digestOfNumber(4).toUpperCase()] }],
  ['a digest that is a path', { ...full, previous: ['../../etc/passwd'] }],
  ['a moment before 1970', { ...full, narrowings: [{ at: -1, delta: { releases: [], settings: [] } }] }],
  [
    'more earlier policies than are kept',
    { ...full, previous: Array.from({ length: 21 }, (_, i) => digestOfNumber(i)) },
  ],
])('a state with %s is none', (_, value) => {
  expect(GATE_STATE.read(value)).toBeUndefined();
});

test('the policy of the fixture is one as it is compiled', () => {
  const compiled = compilePolicy({ file: 'policy.yaml', text: TEXT }, { now: Date.UTC(2026, 1, 1) });
  expect(compiled.ok ? compiled.value.policy : compiled.problems).toEqual(POLICY);
});
