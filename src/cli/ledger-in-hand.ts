// The ledger as a verb finds it: in the state folder that the settings or the command line name, or, where the settings name a Redis, that of
// all replicas there. Reads only: the gateway may be running.
import { setTimeout as pause } from 'node:timers/promises';
import { FolderLedger } from '../control/ledger-reader.js';
import type { Settings } from '../control/settings.js';
import { RedisLedger } from '../fleet/redis-ledger.js';
import { openRedis } from '../fleet/redis-link.js';
import type { LedgerReader } from '../ledger/ledger-reading.js';
import { EXIT_CODES } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
import type { Log } from '../telemetry/log.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

/** Where the ledger is: one of the two. */
export interface LedgerPlace {
  readonly config?: string;
  readonly state?: string;
}

export interface LedgerInHand {
  readonly reader: LedgerReader;
  close(): void;
}

/** As much as is waited for Redis. */
const UP_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 20;

/** Of this replica alone. Undefined after it has printed why not and ended. */
export function ledgerFor({ config, state }: LedgerPlace, terminal: Terminal): LedgerInHand | undefined {
  if ((config === undefined) === (state === undefined)) {
    terminal.err('error: say where the ledger is: either `--config FILE` or `--state FOLDER`\n');
    terminal.end(EXIT_CODES.usage);
    return undefined;
  }
  const folder = state ?? readGatewaySettings(config ?? '', terminal)?.stateFolder;
  return folder === undefined ? undefined : folderLedger(folder);
}

/** The same, and with `config` of a gateway that shares a Redis that of all replicas. */
export async function ledgerOfAllFor(place: LedgerPlace, terminal: Terminal): Promise<LedgerInHand | undefined> {
  const { config, state } = place;
  if (config === undefined || state !== undefined) return ledgerFor(place, terminal);
  const settings = readGatewaySettings(config, terminal);
  if (settings === undefined) return undefined;
  const { redis, stateFolder } = settings;
  return redis === null ? folderLedger(stateFolder) : redisLedger(redis, stateFolder, terminal);
}

function folderLedger(folder: string): LedgerInHand {
  return { reader: new FolderLedger(folder), close: () => undefined };
}

async function redisLedger(
  redis: NonNullable<Settings['redis']>,
  folder: string,
  terminal: Terminal,
): Promise<LedgerInHand | undefined> {
  const link = openRedis(redis, { log: SILENT });
  const end = performance.now() + UP_WITHIN_MS;
  while (!link.isUp && performance.now() < end) await pause(LOOK_EVERY_MS);
  if (link.isUp) return { reader: new RedisLedger(link), close: () => link.close() };
  link.close();
  terminal.err(
    `error: cannot read the ledger of all replicas: Redis: ${link.problem ?? 'no answer'}\n` +
      `  help: that of this replica alone is read with \`--state ${oneLine(folder)}\`\n`,
  );
  terminal.end(EXIT_CODES.failed);
  return undefined;
}

const nothing = (): void => undefined;
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
