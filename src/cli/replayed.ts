// Destinations of the past, read and replayed: from an access log, line by line, or from the ledger. No line is printed, whatever is
// wrong with it: it may hold a number.
import { readLogLines } from '../control/log-lines.js';
import { parseDuration } from '../document/units.js';
import { readAccessLine } from '../review/access-log.js';
import { Replay } from '../review/replay.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Past, PastOrder, ReplayedPolicies } from './past.js';
import { ledgerPast } from './replayed-ledger.js';
import type { ReplaySource } from './render-replay.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

/** Undefined after it has printed why not and ended. A log of which no line could be read is no log. */
export async function readReplay(
  order: PastOrder,
  policies: ReplayedPolicies,
  terminal: Terminal,
): Promise<Past | undefined> {
  if ((order.accessLog === undefined) === (order.days === undefined)) {
    terminal.err('error: say which past: either `--access-log FILE` or `--days N` of the ledger\n');
    terminal.end(EXIT_CODES.usage);
    return undefined;
  }
  return order.accessLog === undefined
    ? ledgerPast(order, policies, terminal)
    : logPast({ ...order, accessLog: order.accessLog }, policies, terminal);
}

async function logPast(
  { accessLog, covers }: PastOrder & { readonly accessLog: string },
  { old, next, now, against }: ReplayedPolicies,
  terminal: Terminal,
): Promise<Past | undefined> {
  const refuse = (code: typeof EXIT_CODES.failed | typeof EXIT_CODES.usage, message: string): undefined => {
    terminal.err(`error: ${message}\n`);
    terminal.end(code);
  };
  const coversMs = covers === undefined ? null : (parseDuration(covers) ?? 0);
  if (coversMs === 0) {
    const rule = 'it takes a number with a unit, such as `7d`';
    return refuse(EXIT_CODES.usage, `\`--covers ${oneLine(covers ?? '')}\` is no duration: ${rule}`);
  }
  const replay = new Replay(old, next, now);
  const missed = new Map<string, { lines: number; first: number }>();
  let tunnelled = 0;
  let read = 0;
  const miss = (why: string, number: number): void => {
    const known = missed.get(why);
    if (known === undefined) missed.set(why, { lines: 1, first: number });
    else known.lines += 1;
  };
  const failure = await readLogLines(accessLog, (line, number) => {
    const found = line === null ? ({ kind: 'unreadable', why: 'shape' } as const) : readAccessLine(line);
    if (found.kind === 'empty') return;
    if (found.kind === 'unreadable') return miss(found.why, number);
    read += 1;
    if (found.kind === 'visit') return replay.add(found);
    tunnelled += found.requests;
    if (found.at !== null) replay.spans(found.at);
  });
  if (failure !== undefined) return refuse(EXIT_CODES.failed, `cannot read \`${accessLog}\`: ${failure}`);
  if (read === 0) {
    const first = [...missed.values()].map((each) => each.first).sort((a, b) => a - b)[0];
    const place = first === undefined ? 'it is empty' : `the first line that is none is line ${first}`;
    return refuse(EXIT_CODES.failed, `\`${accessLog}\` names no destination in a form that is known here: ${place}`);
  }
  const replayed = replay.result;
  const source: ReplaySource = {
    name: accessLog === '-' ? 'standard input' : `the log \`${accessLog}\``,
    against,
    unreadable: missed.get('shape') ?? null,
    hostless: missed.get('host') ?? null,
    tunnelled,
    coversMs: coversMs ?? (replayed.span === null ? null : replayed.span.last - replayed.span.first),
    counts: 'requests are all those to the host: how many of them carried the header, nobody wrote down',
    remarks: [],
  };
  return { replayed, source };
}
