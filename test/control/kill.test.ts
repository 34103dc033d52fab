// Killed at any moment, a gateway finds at its next start a state that was written whole, is in the history as admitted, and a
// history that verifies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GATE_STATE } from '../../src/change/state-documents.js';
import { headOf, verifyHistory } from '../../src/change/history.js';
import { HistoryFile, linesOf } from '../../src/control/history-file.js';
import { GateStore } from '../../src/control/gate-store.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { digestOfNumber, recordOf } from '../change/admitted-fixture.js';
import { compileInto } from '../cli/product.js';

const ROOT = join(import.meta.dirname, '../..');
const BUILD = join(ROOT, 'build', `kill-${process.pid}`);
/** More by `make soak-gate`. */
const MOMENTS = Number(process.env['MOMENTS'] ?? 40);
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
let path: string;
/** What a start may say of its own accord. */
const TORN = /^.* ended in half a line: .*\n/gm;

beforeAll(() => {
  for (const folder of ['src', 'test/change', 'test/control']) compileInto(join(ROOT, folder), join(BUILD, folder));
  mkdirSync(BUILD, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(BUILD, 'package.json'));
}, 60_000);
afterAll(() => rmSync(BUILD, { recursive: true, force: true }));
beforeEach(() => (path = mkdtempSync(join(tmpdir(), 'headgate-kill-'))));
afterEach(() => rmSync(path, { recursive: true, force: true }));

interface Run {
  /** The last admission that it had finished, as it said; undefined: none. */
  readonly finished: number | undefined;
  /** The number of the policy that it found when it started; 0: none. */
  readonly first: number;
  readonly signal: string | null;
  readonly err: string;
}

/** Runs it until it dies; `killAfter` admissions and `delayMs` it is killed from outside. */
async function run(
  folder: string,
  death: string,
  kill?: { readonly after: number; readonly delayMs: number },
): Promise<Run> {
  const child = spawn(process.execPath, [join(BUILD, 'test/control/admitting-program.js'), folder, death], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  let timer: NodeJS.Timeout | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    if (kill === undefined || timer !== undefined || out.split('\n').length - 2 < kill.after) return;
    timer = setTimeout(() => child.kill('SIGKILL'), kill.delayMs);
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  const [opened = '', ...numbers] = out.split('\n').slice(0, -1);
  const finished = numbers.length === 0 ? undefined : Number(numbers.at(-1));
  return { finished, first: Number(opened.replace('open ', '')), signal, err };
}

/** What a start finds; throws where it is not as it must be. The number of the policy that would run, and the marks in the history. */
async function find(
  path: string,
  { finished }: Run,
): Promise<{ readonly number: number | null; readonly torn: number }> {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  const folder = opened.value;
  try {
    const store = new GateStore(folder);
    const reading = store.readState();
    if (!reading.ok) throw new Error(reading.problem.message);
    const state = reading.value;
    const marks: string[] = [];
    const history = new HistoryFile({
      folder,
      known: state?.history ?? null,
      clock: Date.now,
      onRecovery: ({ code }) => marks.push(code),
    });
    const started = {
      kind: 'started',
      version: '1.0.0',
      digest: state?.current.digest ?? null,
      generation: 1,
    } as const;
    expect(history.append(started)).toEqual({ ok: true });
    const lines = linesOf(readFileSync(join(path, 'history.jsonl'), 'utf8'));
    expect(verifyHistory(lines).ok).toBe(true);
    // Only a torn end is innocent: a history that lacks what the state knows would be a loss.
    expect(marks.filter((code) => code !== 'history-torn')).toEqual([]);
    expect(
      readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /draft|undo|corrupt/.test(name)),
    ).toEqual([]);
    if (state === null) {
      expect(finished).toBeUndefined();
      return { number: null, torn: marks.length };
    }
    const number = state.current.admittedAt - recordOf(0).admittedAt;
    expect(GATE_STATE.read(state)).toEqual(state);
    expect(state.current).toEqual(recordOf(number));
    expect(headOf(lines, state.history?.seq ?? 0)).toEqual(state.history);
    const admitted = lines.map((line) => JSON.parse(line) as { kind: string; digest?: string });
    expect(admitted.some(({ kind, digest }) => kind === 'admitted' && digest === digestOfNumber(number))).toBe(true);
    for (const digest of [state.current.digest, ...state.previous]) {
      expect(store.readEarlier(digest)).toMatchObject({ ok: true, value: { digest } });
    }
    // What it said was done is done; at most the one after it is there too.
    if (finished !== undefined) expect([finished, finished + 1]).toContain(number);
    return { number, torn: marks.length };
  } finally {
    folder.close();
  }
}

test(`at ${MOMENTS} random moments (seed ${SEED})`, async () => {
  const random = randomOf(SEED);
  let highest = 0;
  const ends = new Set<number>();
  for (let moment = 0; moment < MOMENTS; moment += 1) {
    const ran = await run(path, 'later', { after: 1 + Math.floor(random() * 4), delayMs: random() * 8 });
    expect([ran.signal, ran.err.replace(TORN, '')]).toEqual(['SIGKILL', '']);
    const { number } = await find(path, ran);
    expect(number).toBeGreaterThan(highest);
    ends.add((number ?? 0) - (ran.finished ?? 0));
    highest = number ?? 0;
  }
  expect(highest).toBeGreaterThan(MOMENTS);
}, 600_000);

/** What the starts found after a kill at each of the operations, in a new folder and again in the same one. */
async function killedAt(points: number, moment: string): Promise<ReadonlySet<string>> {
  const outcomes = new Set<string>();
  const queue = Array.from({ length: points }, (_, index) => index + 1);
  const work = async (): Promise<void> => {
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      const folder = join(path, String(at));
      for (const round of ['first', 'later']) {
        const ran = await run(folder, `${at}:${moment}`);
        expect([at, ran.signal, ran.err.replace(TORN, '')]).toEqual([at, 'SIGKILL', '']);
        const { number, torn } = await find(folder, ran);
        const state = number === null ? 'none' : number > (ran.finished ?? ran.first) ? 'new' : 'old';
        outcomes.add(`${round}: ${state}${torn > 0 ? ', torn' : ''}`);
      }
    }
  };
  await Promise.all([work(), work(), work()]);
  return outcomes;
}

test('before each file operation of an admission, in a new folder and in one that was killed before', async () => {
  // An admission has less than 60 operations, the first one a few more than the others.
  const outcomes = await killedAt(60, 'before');
  expect([...outcomes].sort()).toEqual([
    'first: new',
    'first: none',
    'first: old',
    'later: new',
    'later: none',
    'later: old',
  ]);
}, 600_000);

test('in the middle of each write of an admission', async () => {
  const outcomes = await killedAt(24, 'half');
  expect([...outcomes]).toEqual(expect.arrayContaining(['first: none, torn', 'later: old, torn']));
}, 600_000);

/** Numbers in [0, 1): mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
