// `headgate history`: what happened to who receives what, oldest first; `verify` and `checkpoint` are below it. Changes nothing.
import { Option } from 'commander';
import { renderRecord, type HistoryRecord } from '../change/history-words.js';
import { calendarOf } from '../policy/calendar.js';
import { EXIT_CODES } from './exit-codes.js';
import { printCheckpoint } from './history-checkpoint.js';
import { readHistoryFor, type HistoryPlace } from './history-in-hand.js';
import { verifyHistoryIn, type VerifyOrder } from './history-verify.js';
import { oneLine } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

interface Options extends HistoryPlace {
  readonly since?: string;
  readonly format: 'text' | 'json';
}

const CONFIG = ['--config <file>', 'the settings of the gateway whose history it is'] as const;
const STATE = ['--state <folder>', 'its state folder, in place of the settings'] as const;

export const historyVerb: Verb = (program, terminal) => {
  const history = program
    .command('history')
    .description('print what happened to who receives what: candidates, approvals, admissions, refusals, lockdowns')
    .option(...CONFIG)
    .option(...STATE)
    .option('--since <time>', 'a day (UTC) or an instant; default: all of it')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action((options: Options) => print(options, terminal));
  // Of an option that both have, the command above would take the value: what was given to it counts for the one below.
  history
    .command('verify')
    .description('check that no record was changed, removed, inserted or moved, and that checkpoints are contained')
    .option(...CONFIG)
    .option(...STATE)
    .option('--checkpoint <file...>', 'checkpoints kept elsewhere, each beside its signature `FILE.sig`')
    .option('--signers <file>', 'who may have signed them (allowed_signers); default: those of the settings')
    .action((options: VerifyOrder) => verifyHistoryIn({ ...history.opts(), ...options }, terminal));
  history
    .command('checkpoint')
    .description('print where the history stands, as a text to sign and keep elsewhere')
    .option(...CONFIG)
    .option(...STATE)
    .action((options: HistoryPlace) => printCheckpoint({ ...history.opts(), ...options }, terminal));
};

function print({ since, format, ...place }: Options, terminal: Terminal): void {
  const from = since === undefined ? -Infinity : calendarOf('UTC')?.momentOf(since, 'from');
  if (from === undefined) {
    terminal.err(
      `error: \`--since ${oneLine(since ?? '')}\` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n`,
    );
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const history = readHistoryFor(place, terminal);
  if (history === undefined) return;
  let bad = 0;
  for (const [index, line] of history.lines.entries()) {
    const record = recordOf(line);
    if (record === undefined) {
      bad += 1;
      terminal.err(`warning: \`${history.file}\`: record ${index + 1} cannot be read\n`);
    } else if (!(Date.parse(record.at) < from)) {
      terminal.out(`${format === 'json' ? line : oneLine(renderRecord(record))}\n`);
    }
  }
  terminal.end(bad === 0 ? EXIT_CODES.done : EXIT_CODES.failed);
}

/** Undefined: the line is no record. */
export function recordOf(line: string): HistoryRecord | undefined {
  try {
    const record = JSON.parse(line) as Partial<HistoryRecord> | null;
    const isOne = typeof record?.seq === 'number' && typeof record.at === 'string' && typeof record.kind === 'string';
    return isOne ? (record as HistoryRecord) : undefined;
  } catch {
    return undefined;
  }
}
