// The gate over real files: what is let through, what is kept, what a restart finds. The workers are a list of what they were given.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderApproval } from '../../src/change/approval-text.js';
import { addedBy } from '../../src/change/grant.js';
import { readCandidate } from '../../src/control/candidate.js';
import { SYSTEM_FILES, type FileOperations } from '../../src/control/file-operations.js';
import { memoryIn } from '../../src/control/gate-memory.js';
import { Gate, type Served } from '../../src/control/gate.js';
import { effectiveOfRecord, judge } from '../../src/control/judge.js';
import { openStateFolder, type StateFolder } from '../../src/control/state-folder.js';
import { diffOf } from '../../src/policy/diff.js';
import { writeBaseline } from './baseline.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from './workspace.js';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 22, 9, 14);
const BASE = POLICY.replace('transport: http', 'transport: tls');
const WIDER = BASE.replace('[pay.acme.example]', '[pay.acme.example, "*.shop.acme.example"]');
const NARROWER = BASE.replace('as: unchanged', 'as: pseudonym, key: k1');
const hostsOf = (served: Served | null): number =>
  served?.record.policy.partners.flatMap(({ hosts }) => hosts).length ?? 0;

let space: Workspace;
let folder: StateFolder | undefined;
let gate: Gate | undefined;
let now = START;
beforeEach(() => {
  now = START;
  space = makeWorkspace({
    'headgate.yaml': `${SETTINGS}state: ./state\nkeys: { k1: k1 }\napproval: { required: 0 }\n`,
    'policy.yaml': BASE,
    k1: 'k'.repeat(32),
  });
  writeBaseline(space.config, { now });
});
afterEach(() => {
  end();
  space.remove();
});

const end = (): void => {
  gate?.close();
  folder?.close();
};

/** Begins as a start of the gateway does. `given`: what the workers got, in order, with the state of the disk at that moment. */
async function begin(more: { files?: Partial<FileOperations>; fails?: () => string | null } = {}) {
  end();
  const opened = await openStateFolder(join(space.folder, 'state'), { ...SYSTEM_FILES, ...more.files });
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  folder = opened.value;
  const events: string[] = [];
  const given: { digest: string; direction: string; onDisk: string | null }[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (event: string) => void events.push(event),
  };
  gate = new Gate({
    judge: (order) => Promise.resolve(judge(order)),
    order: { file: space.config, machine: { processors: 1, descriptors: null }, folder: space.folder },
    memory: memoryIn(folder, { clock: () => now, onProblem: ({ code }) => events.push(code) }),
    now: () => now,
    isKeyOf: () => true,
    apply: (served, direction) => {
      const failure = more.fails?.() ?? null;
      if (failure === null) given.push({ digest: served.record.digest, direction, onDisk: storedDigest() });
      return Promise.resolve(failure);
    },
    log,
    version: '0.1.0',
  });
  const verdict = await gate.begin();
  return { gate, verdict, given, events };
}

const stateFile = (): string => join(space.folder, 'state', 'state.json');
const storedDigest = (): string | null =>
  existsSync(stateFile())
    ? (/"admittedAt":\d+,"approvals":\[[^\]]*\],"digest":"([0-9a-f]{64})"/.exec(
        readFileSync(stateFile(), 'utf8'),
      )?.[1] ?? null)
    : null;
const put = (policy: string): void => void space.write('policy.yaml', policy);
const history = (): readonly string[] =>
  readFileSync(join(space.folder, 'state', 'history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);

/** Approves what lies on disk over what is in force. */
function approve(running: Gate, more: { kind?: 'widening' | 'break-glass'; untilMs?: number } = {}): void {
  const { outcome } = readCandidate(space.config, {
    now,
    machine: { processors: 1, descriptors: null },
    folder: space.folder,
  });
  if (!outcome.ok || running.state === null) throw new Error('nothing to approve');
  const text = renderApproval({
    kind: more.kind ?? 'widening',
    audience: null,
    generation: running.state.highestGeneration,
    proposer: 'ops@operator.example',
    reason: 'a test',
    ticket: null,
    createdMs: now,
    applyBeforeMs: now + 72 * HOUR,
    untilMs: more.untilMs ?? null,
    base: null,
    candidate: outcome.value.policy.digest,
    delta: addedBy(diffOf(effectiveOfRecord(running.state.current), outcome.value.effective, now)),
  });
  writeFileSync(
    join(space.folder, 'approvals', `${running.state.highestGeneration}-${Math.random()}.approval.yaml`),
    text,
  );
}

describe('at the start', () => {
  test('a baseline lets the policy in, and the state has it', async () => {
    const { gate: made } = await begin();
    expect(hostsOf(made.served)).toBe(1);
    expect(storedDigest()).toBe(made.served?.record.digest);
    expect(history()).toEqual(['approval', 'candidate', 'admitted', 'started']);
  });

  test('the state knows the newest record of the history once it is noted', async () => {
    const { gate: made } = await begin();
    made.note();
    const { value } = JSON.parse(readFileSync(stateFile(), 'utf8')) as { value: { history: { seq: number } } };
    expect(value.history.seq).toBe(history().length);
  });

  test('without a baseline nothing is in force, and it is said why', async () => {
    writeFileSync(join(space.folder, 'approvals/baseline-1.approval.yaml'), '');
    const { gate: made } = await begin();
    expect([made.served, made.candidate?.code, made.candidate?.heldUp]).toEqual([null, 'no-baseline', []]);
    expect(made.candidate?.messages[0]).toContain('headgate propose --config FILE --baseline');
    expect(existsSync(stateFile())).toBe(false);
  });

  test('what was admitted last runs on when the policy on disk is wider, or is no policy at all', async () => {
    const first = await begin();
    const digest = first.gate.served?.record.digest;
    put(WIDER);
    const second = await begin();
    expect([second.gate.served?.record.digest, second.gate.candidate?.code]).toEqual([digest, 'not-approved']);
    put('version: 1\npartners: [');
    const third = await begin();
    expect([third.gate.served?.record.digest, third.gate.candidate?.code]).toEqual([digest, 'invalid']);
  });

  test('what is narrower on disk runs, and stays spent', async () => {
    const first = await begin();
    put(WIDER);
    approve(first.gate);
    await first.gate.reload('file');
    put(BASE);
    const second = await begin();
    expect(hostsOf(second.gate.served)).toBe(1);
    put(WIDER);
    const third = await begin();
    expect([hostsOf(third.gate.served), third.gate.candidate?.code]).toEqual([1, 'not-approved']);
  });

  test('a corrupt state is noticed and never widens', async () => {
    const first = await begin();
    put(WIDER);
    approve(first.gate);
    await first.gate.reload('file');
    end();
    appendFileSync(stateFile(), 'x');
    writeFileSync(join(space.folder, 'approvals/baseline-1.approval.yaml'), '');
    const { gate: made, events } = await begin();
    expect([made.served, made.isNew]).toEqual([null, false]);
    expect(events).toContain('state-lost');
  });

  test('a generation that is older than one ever seen is refused', async () => {
    await begin();
    writeBaseline(space.config, { generation: 2, now });
    const second = await begin();
    expect(second.gate.state?.highestGeneration).toBe(2);
    put(WIDER);
    writeBaseline(space.config, { generation: 1, now });
    writeFileSync(join(space.folder, 'approvals/baseline-2.approval.yaml'), '');
    const third = await begin();
    expect([hostsOf(third.gate.served), third.gate.candidate?.code]).toEqual([1, 'not-approved']);
  });
});

describe('a reload', () => {
  test('of what is wider is refused, changes nothing, and comes into force with an approval', async () => {
    const { gate: made, given } = await begin();
    put(WIDER);
    expect((await made.reload('file')).kind).toBe('refused');
    expect([hostsOf(made.served), given]).toEqual([1, []]);
    expect(made.candidate?.witnesses[0]?.url).toBe('http://x.shop.acme.example/');
    approve(made);
    expect((await made.reload('file')).kind).toBe('admitted');
    expect([hostsOf(made.served), made.candidate]).toEqual([2, null]);
  });

  test('what widens is on disk before it is in force, what narrows is in force before it is on disk', async () => {
    const { gate: made, given } = await begin();
    put(WIDER);
    approve(made);
    await made.reload('file');
    put(BASE);
    await made.reload('file');
    expect(given.map(({ direction, digest, onDisk }) => [direction, digest === onDisk])).toEqual([
      ['widening', true],
      ['narrowing', false],
    ]);
    expect(storedDigest()).toBe(made.served?.record.digest);
  });

  test('on a full disk what narrows is in force, loudly, and what widens is refused', async () => {
    let isFull = false;
    const { gate: made, events } = await begin({
      files: {
        writeSync: (...words: Parameters<FileOperations['writeSync']>) => {
          if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          return SYSTEM_FILES.writeSync(...words);
        },
      },
    });
    isFull = true;
    put(NARROWER);
    expect((await made.reload('file')).kind).toBe('admitted');
    expect(made.served?.record.policy.partners[0]?.release[0]?.form).toBe('pseudonym');
    expect([made.unwritten !== null, events.includes('state-unwritten')]).toEqual([true, true]);
    put(WIDER);
    now += 5000;
    writeBaseline(space.config, { generation: 2, now });
    expect((await made.reload('file')).kind).toBe('refused');
    expect([made.candidate?.code, hostsOf(made.served)]).toEqual(['state', 1]);
  });

  test('that no worker takes leaves the state as it was', async () => {
    let failure: string | null = null;
    const { gate: made } = await begin({ fails: () => failure });
    const digest = storedDigest();
    put(WIDER);
    approve(made);
    failure = 'no worker became ready';
    expect((await made.reload('file')).kind).toBe('refused');
    expect([made.candidate?.code, storedDigest(), made.served?.record.digest]).toEqual(['workers', digest, digest]);
  });

  test('of the same policy in other words changes nothing', async () => {
    const { gate: made, given } = await begin();
    put(`# a comment\n${BASE}`);
    const judged = await made.reload('file');
    expect([judged.kind === 'admitted' && judged.isChanged, given]).toEqual([false, []]);
  });

  test('of a settings line meets the gate too', async () => {
    const { gate: made } = await begin();
    const settings = readFileSync(space.config, 'utf8');
    writeFileSync(space.config, `${settings}destinations: { permit: ["10.0.0.0/8"] }\n`);
    expect((await made.reload('file')).kind).toBe('refused');
    expect(made.candidate?.messages.join('\n')).toContain('`destinations.permit`');
    writeFileSync(space.config, settings.replace('trust: path', 'trust: none'));
    expect((await made.reload('file')).kind).toBe('admitted');
    expect(made.served?.record.runtime.listeners[0]?.trust).toBe('none');
  });
});

describe('break-glass', () => {
  test('is in force until its end, over a restart too; then the policy before it is', async () => {
    const first = await begin();
    put(WIDER);
    approve(first.gate, { kind: 'break-glass', untilMs: now + HOUR });
    await first.gate.reload('file');
    expect([hostsOf(first.gate.served), first.gate.breakGlass]).toEqual([
      2,
      { until: now + HOUR, by: 'ops@operator.example' },
    ]);
    now += HOUR / 2;
    put('version: 1\npartners: [');
    const second = await begin();
    expect(hostsOf(second.gate.served)).toBe(2);
    now += HOUR;
    put(WIDER);
    const third = await begin();
    expect([hostsOf(third.gate.served), third.gate.breakGlass]).toEqual([1, null]);
    expect(history()).toContain('break-glass-off');
  });

  test('ends by itself while the gateway runs', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance', 'Date'] });
    try {
      const { gate: made, given, events } = await begin();
      const before = made.served?.record.digest;
      put(WIDER);
      approve(made, { kind: 'break-glass', untilMs: now + HOUR });
      await made.reload('file');
      const said = (): number => events.filter((event) => event === 'break-glass').length;
      expect(said()).toBe(1);
      await jest.advanceTimersByTimeAsync(HOUR / 2);
      expect(said()).toBe(2);
      now += HOUR;
      await jest.advanceTimersByTimeAsync(HOUR / 2 + 1000);
      expect(said()).toBe(3);
      expect([made.served?.record.digest, made.breakGlass]).toEqual([before, null]);
      expect(given.at(-1)?.direction).toBe('narrowing');
    } finally {
      jest.useRealTimers();
    }
  });

  test('is replaced by what is admitted for good, judged against what was before it', async () => {
    const { gate: made } = await begin();
    put(WIDER);
    approve(made, { kind: 'break-glass', untilMs: now + HOUR });
    await made.reload('file');
    put(BASE);
    await made.reload('file');
    expect([hostsOf(made.served), made.breakGlass]).toEqual([1, null]);
    put(WIDER);
    await made.reload('file');
    expect([hostsOf(made.served), made.breakGlass !== null]).toEqual([2, true]);
    approve(made);
    await made.reload('file');
    expect([hostsOf(made.served), made.breakGlass]).toEqual([2, null]);
  });
});
