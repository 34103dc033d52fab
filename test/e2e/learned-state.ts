// The state folder of a gateway that has learned which names are usual: its seven days are over, so novelty quarantines at once.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NoveltyState } from '../../src/change/gate-state.js';
import { sealed } from '../../src/change/sealed.js';
import { WRITTEN } from '../wire/harness/gateway.js';

const DAY_MS = 86_400_000;

/** Of a gateway that began a month ago and saw these names (by key) on every request of the listener `internet`. */
export function learnedState(name: string, usual: readonly string[]): string {
  const folder = join(WRITTEN, `${name}-${String(process.pid)}`);
  mkdirSync(folder, { recursive: true });
  const today = Math.floor(Date.now() / DAY_MS);
  const days = Array.from({ length: 7 }, (_, i) => ({
    day: today - 7 + i,
    requests: 10_000,
    names: usual.map((key) => [key, 10_000] as const),
  }));
  const state: NoveltyState = {
    version: 1,
    listeners: [{ listener: 'internet', since: Date.now() - 30 * DAY_MS, days, quarantined: [] }],
  };
  writeFileSync(join(folder, 'novelty.json'), sealed('novelty.json', state));
  return folder;
}
