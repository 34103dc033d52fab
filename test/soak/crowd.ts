// How many clients of each kind are there at the same time.
import { pauseUpTo } from './caller.js';
import type { Work, World } from './asking.js';
import { LEAVERS } from './leavers.js';
import * as odd from './odd.js';
import * as steady from './steady.js';

const CROWD: readonly (readonly [kind: string, work: Work, clients: number, pauseMs: number])[] = [
  ['keeps its connection', steady.keeps, 10, 50],
  ['pipelines', steady.pipelines, 4, 100],
  ['is idle', steady.idles, 6, 500],
  ['a mebibyte up and down', steady.mebibytes, 2, 300],
  ['reads slowly', steady.readsSlowly, 4, 100],
  ['writes slowly', steady.writesSlowly, 4, 100],
  ['the slow path', steady.slowPath, 3, 100],
  ...LEAVERS.map(([kind, work]) => [kind, work, 3, 100] as const),
  ['meets a dying destination', odd.meetsDying, 4, 50],
  ['meets a silent destination', odd.meetsSilent, 3, 200],
  ['meets nobody', odd.meetsNobody, 1, 200],
  ['sends garbage', odd.sendsGarbage, 3, 50],
  ['sends bad chunks', odd.sendsBadChunks, 2, 100],
  ['asks OPTIONS', odd.asksOptions, 1, 200],
  ['stalls in the head', odd.stallsInHead, 1, 500],
  ['CONNECT', odd.connects, 2, 200],
  ['WebSocket', odd.upgrades, 2, 200],
];

/** Resolves when all of them are done: each ends the piece of work that it has begun when `world.isOver()`. */
export async function crowd(world: World): Promise<void> {
  const loop = async (kind: string, work: Work, pauseMs: number): Promise<void> => {
    while (!world.isOver()) {
      await pauseUpTo(pauseMs);
      try {
        await work(world, kind);
      } catch (error) {
        world.book.fail(`a client that ${kind}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(
    CROWD.filter(([kind]) => new RegExp(process.env['SOAK_ONLY'] ?? '').test(kind)).flatMap(
      ([kind, work, clients, pauseMs]) => Array.from({ length: clients }, () => loop(kind, work, pauseMs)),
    ),
  );
}
