// The ledger as a verb finds it: in the state folder that the settings or the command line name. Reads only: the gateway may be running.
import { FolderLedger } from '../control/ledger-reader.js';
import type { LedgerReader } from '../ledger/ledger-reading.js';
import { EXIT_CODES } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
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

/** Undefined after it has printed why not and ended. */
export function ledgerFor({ config, state }: LedgerPlace, terminal: Terminal): LedgerInHand | undefined {
  if ((config === undefined) === (state === undefined)) {
    terminal.err('error: say where the ledger is: either `--config FILE` or `--state FOLDER`\n');
    terminal.end(EXIT_CODES.usage);
    return undefined;
  }
  const folder = state ?? readGatewaySettings(config ?? '', terminal)?.stateFolder;
  return folder === undefined ? undefined : { reader: new FolderLedger(folder), close: () => undefined };
}
