// The state folder of a running gateway: that its history was touched is noticed while it runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeep } from '../../src/control/keep.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

test('a record that somebody changes while the gateway runs is noticed within an hour', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-keep-'));
  let now = Date.UTC(2026, 10, 22);
  const keep = await openKeep(folder, { clock: () => now, log: silent });
  try {
    for (const version of ['0.1.0', '0.1.1']) {
      keep.memory.append({ kind: 'started', version, digest: null, generation: 0 });
    }
    expect(keep.isHistoryWhole).toBe(true);
    const file = join(folder, 'history.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('0.1.0', '0.9.0'));
    now += 3_600_000;
    keep.note();
    expect(keep.isHistoryWhole).toBe(false);
  } finally {
    keep.close();
    rmSync(folder, { recursive: true });
  }
});
