// A program for the tests that kill it: the ledger of one replica with a clock of its own, through the real modules. Arguments: folder,
// number of the replica, schedule as JSON. It goes on where its ledger ends, ten minutes later, and says each day that it begins. The keys
// of its epochs are the same with every run: estimates are then, and a bound of theirs holds or does not.
import { createHash } from 'node:crypto';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { LedgerDesk } from '../../src/control/ledger-desk.js';
import { LedgerFiles } from '../../src/control/ledger-files.js';
import { FolderLedger } from '../../src/control/ledger-reader.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { ReleaseSpot } from '../../src/ledger/release-notes.js';
import type { Policy } from '../../src/policy/policy.js';
import { Lookout } from '../../src/proxy/lookout.js';
import { DAY, DIGEST, MINUTE, minutesOf, RECIPIENTS, releasesOf, type Schedule, textOf } from './ledger-schedule.js';

const [path = '', replica = '0', words = '{}'] = process.argv.slice(2);
const schedule = JSON.parse(words) as Schedule;
const SECOND = 1000;

let drawn = 0;
crypto.randomBytes = (bytes: number) => {
  drawn += 1;
  return createHash('sha256')
    .update(`${replica} ${String(drawn)}`)
    .digest()
    .subarray(0, bytes);
};
syncBuiltinESMExports();

async function main(): Promise<void> {
  const opened = await openStateFolder(path);
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  const { keptUntil } = await new FolderLedger(path).read({ from: 0, until: Infinity });
  let now = keptUntil === null ? schedule.start : (Math.ceil(keptUntil / MINUTE) + 10) * MINUTE;
  const begun = now;
  const say = (_: string, message: string): void => void process.stderr.write(`${message}\n`);
  const desk = new LedgerDesk({
    files: new LedgerFiles(opened.value),
    log: { debug: say, info: say, warn: say, error: say },
    clock: () => now,
    renew: (ledger) => lookout.renew(ledger),
  });
  const hosts = RECIPIENTS.map(({ host }) => ({ kind: 'exact' as const, host }));
  desk.know(DIGEST, { partners: [{ id: 'acme-pay', hosts }] } as unknown as Policy);
  const lookout = new Lookout({ sketch: new Uint8Array(8), fingerprint: new Uint8Array(32), ledger: desk.key });
  const spots = new Map<string, ReleaseSpot>();
  const spotFor = (host: string, header: string): ReleaseSpot => {
    const known = spots.get(host + header);
    const kind = { digest: DIGEST, listener: 'internet', partner: 'acme-pay', host, header, form: 'unchanged' };
    const spot = known ?? new ReleaseSpot(kind);
    spots.set(host + header, spot);
    return spot;
  };
  const tell = (): void => {
    desk.takeReleases(lookout.epoch, lookout.takeReleases());
    desk.hear(1, 'told');
    desk.turn();
  };
  let day = -1;
  for (const minute of minutesOf(schedule)) {
    if (minute < begun) continue;
    if (Math.floor(minute / DAY) !== day) {
      day = Math.floor(minute / DAY);
      // The night: what is due of the files.
      now = minute - MINUTE;
      tell();
      await desk.tidy();
      process.stdout.write(`day ${String(Math.round((minute - schedule.start) / DAY - 0.375))}\n`);
    }
    for (const { host, header, subscriber, at } of releasesOf(schedule, Number(replica), minute)) {
      if (Math.floor(at / SECOND) !== Math.floor(now / SECOND)) {
        now = at;
        tell();
      }
      now = at;
      lookout.whose(textOf(subscriber));
      lookout.released(spotFor(host, header), at);
    }
  }
  now += MINUTE;
  tell();
  desk.hear(1, 'drained');
  desk.close();
  process.stdout.write(`memory ${String(process.memoryUsage.rss())}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
