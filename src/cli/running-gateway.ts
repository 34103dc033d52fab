// One question to the gateway that runs, for verbs that only look: its answer, or why there is none, printed.
import { askAdmin, renderAdminPlace } from './admin-client.js';
import { EXIT_CODES } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
import type { Terminal } from './terminal.js';

export interface LookOrder {
  /** The settings file of the gateway. */
  readonly config: string;
  readonly tokenFile?: string;
  /** With its query. */
  readonly path: string;
  /** What is asked for, for the error: `the leaks`. */
  readonly what: string;
}

const ANSWER_WITHIN_MS = 10_000;

/** The answer's body. Undefined after it has printed why there is none and ended with 1. */
export async function lookAt(order: LookOrder, terminal: Terminal): Promise<unknown> {
  const { config, path, tokenFile, what } = order;
  const settings = readGatewaySettings(config, terminal);
  if (settings === undefined) return undefined;
  const fail = (message: string): undefined => {
    terminal.err(`error: ${message}\n`);
    terminal.end(EXIT_CODES.failed);
    return undefined;
  };
  const { admin } = settings;
  if (admin === null) return fail('this gateway has no admin API: the setting `admin` is off');
  const reply = await askAdmin(admin, { method: 'GET', path, role: 'read', tokenFile, withinMs: ANSWER_WITHIN_MS });
  return reply.kind === 'answered'
    ? reply.body
    : fail(`cannot read ${what} from ${renderAdminPlace(admin)}: ${reply.message}`);
}
