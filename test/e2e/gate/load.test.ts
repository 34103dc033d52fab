// Changes under constant load: 200 kept connections ask all the while, and candidates that narrow, that are refused and that are
// approved come through the admin API, with lockdowns between. No request fails, the first one on every old connection after the
// API’s answer obeys, and no identity reaches a stranger. About 20 s; HEADGATE_SOAK=1 does 1,000 reloads.
import { fork, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { compileInto } from '../../cli/product.js';
import { describeWith } from '../../programs.js';
import type { InForce } from './load.js';
import type { LoadAnswer, LoadOrder } from './load-program.js';
import { BANK, O2, OWN, Operator, PARTNERS, PAY, policyOf, STRANGER, WIDE, type Values } from './operator.js';
import { Program } from './program.js';
import { Subscriber } from './subscriber.js';

const CONNECTIONS = 200;
const RELOADS = process.env['HEADGATE_SOAK'] === '1' ? 1000 : null;
const SECONDS = 20;

const NARROW = policyOf({
  partners: [{ ...PARTNERS.pay, release: [{ header: 'X-MSISDN', as: 'unchanged' }] }, PARTNERS.bank, PARTNERS.own],
});
const ALL: InForce = { [STRANGER]: [], [PAY]: WIDE.pay, [BANK]: WIDE.bank, [OWN]: WIDE.own };
const LESS: InForce = { ...ALL, [PAY]: ['x-msisdn'] };
const NOTHING: InForce = { [STRANGER]: [], [PAY]: [], [BANK]: [], [OWN]: [] };
const NOT_PAY: InForce = { ...ALL, [PAY]: [] };
/** Each is refused over what runs. */
const REFUSED: readonly Values[] = [
  O2,
  policyOf({ partners: [...Object.values(PARTNERS), { ...PARTNERS.bank, id: 'new', hosts: ['shop.example'] }] }),
  policyOf({ partners: [{ ...PARTNERS.pay, hosts: [PAY, `a.${PAY}`] }, PARTNERS.bank, PARTNERS.own] }),
  policyOf({ partners: 'none' }),
];

interface Answer {
  readonly outcome: 'admitted' | 'refused';
  readonly digest: string;
}

const BUILD = resolve('build', `load-${process.pid}`);

describeWith(['ssh-keygen'], 'reloads and lockdowns under constant load', () => {
  let child: ChildProcess;
  let operator: Operator;
  let program: Program | undefined;
  /** Beside the load: connections on which nothing was asked since the last change. */
  let old: readonly Subscriber[] = [];
  const counts = { reloads: 0, narrowed: 0, refused: 0, approved: 0, lockdowns: 0 };

  beforeAll(async () => {
    compileInto(resolve('test/e2e/gate'), join(BUILD, 'gate'));
    mkdirSync(BUILD, { recursive: true });
    copyFileSync('package.json', join(BUILD, 'package.json'));
    preferOurselves();
    child = fork(join(BUILD, 'gate/load-program.js'), { execArgv: [] });
    const { port } = await tell({ kind: 'site', partners: [PAY, BANK, OWN] });
    operator = await Operator.make(port, { workers: 2 });
    await operator.baseline();
  }, 60_000);
  afterAll(async () => {
    for (const subscriber of old) subscriber.close();
    child.disconnect();
    await program?.stop().finally(() => program?.kill());
    operator.remove();
    rmSync(BUILD, { recursive: true, force: true });
  });

  /** Resolves when the load has taken it. */
  function tell(order: LoadOrder): Promise<LoadAnswer> {
    return new Promise((settle, reject) => {
      const ended = (): void => reject(new Error('the load ended'));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        settle(answer as LoadAnswer);
      });
      child.send(order);
    });
  }

  test('no request fails, old connections obey at once, and nothing reaches a stranger', async () => {
    const running = (program = await Program.start({ folder: operator.folder }));
    old = await Promise.all(Array.from({ length: 8 }, () => Subscriber.open(running.port)));
    let asked = 0;
    let load = await tell({ kind: 'start', port: running.port, connections: CONNECTIONS, inForce: ALL });

    /** Until it resolves either may be in force; from then on `next` is, from the first request of an old connection on. */
    const during = async <T>(next: InForce, act: () => Promise<T>): Promise<T> => {
      await tell({ kind: 'move', inForce: next });
      const done = await act();
      load = await tell({ kind: 'rest' });
      for (const host of [STRANGER, PAY]) {
        const reached = await Promise.all(old.map((subscriber) => subscriber.ask(host)));
        asked += reached.length;
        expect(reached.map(({ status, names }) => [status, names])).toEqual(old.map(() => [200, next[host]]));
      }
      return done;
    };
    const reload = async (next: InForce, outcome: Answer['outcome'], write: () => void | Promise<unknown>) => {
      const answer = await during(next, async () => {
        await write();
        return running.api<Answer>('/v1/reload', {});
      });
      expect(answer.outcome).toBe(outcome);
      counts.reloads += 1;
      return answer.digest;
    };
    const lock = async (next: InForce, order: object): Promise<void> => {
      await during(next, () => running.api('/v1/lockdown', { reason: 'a test', by: 'dana', ...order }));
      counts.lockdowns += 1;
    };

    const began = performance.now();
    const isGoing = (round: number): boolean => {
      if (load.failures.length > 0) return false;
      return RELOADS !== null ? counts.reloads < RELOADS : round < 2 || performance.now() - began < SECONDS * 1000;
    };
    let approval: string | undefined;
    for (let round = 0; isGoing(round); round += 1) {
      const bad = REFUSED[round % REFUSED.length] ?? O2;
      const wide = await reload(ALL, 'refused', () => operator.writePolicy(bad));
      const narrow = await reload(LESS, 'admitted', () => operator.writePolicy(NARROW));
      // What was agreed to before the narrowing does not bring it back.
      expect(await reload(LESS, 'refused', () => operator.writePolicy(policyOf()))).toBe(narrow);
      if (approval !== undefined) operator.forget(approval);
      const again = await reload(ALL, 'admitted', async () => {
        approval = await operator.widening(NARROW);
      });
      expect(again).toBe(wide);
      counts.refused += 2;
      counts.narrowed += 1;
      counts.approved += 1;
      if (round % 4 === 1) {
        await lock(NOTHING, { state: 'on' });
        await lock(ALL, { state: 'off' });
      }
      if (round % 4 === 3) {
        await lock(NOT_PAY, { state: 'on', partner: 'pay' });
        await lock(ALL, { state: 'off', partner: 'pay' });
      }
    }
    load = await tell({ kind: 'end' });
    const seconds = (performance.now() - began) / 1000;
    const { requests, longestMs, ownStallMs, arrived } = load;
    say({ ...counts, connections: CONNECTIONS, requests, seconds, longestMs, ownStallMs });
    expect(load.failures).toEqual([]);
    expect(load.strays).toEqual([]);
    expect(counts.reloads).toBeGreaterThanOrEqual(RELOADS ?? 8);
    expect(counts.lockdowns).toBeGreaterThan(0);
    // Every request was answered by a host, and by no one else.
    expect(arrived).toBe(requests + asked);
  }, 1_800_000);
});

/** Before the programs of the machine that have nothing to do with it, where that is permitted: what is judged is the gateway. */
function preferOurselves(): void {
  try {
    setPriority(-10);
  } catch {
    // An ordinary user may not.
  }
}

/** For whoever wants the figures: `build/test/gate-load.jsonl`. */
function say(figures: Readonly<Record<string, number>>): void {
  mkdirSync('build/test', { recursive: true });
  appendFileSync('build/test/gate-load.jsonl', `${JSON.stringify(figures)}\n`);
}
