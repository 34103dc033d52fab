// `headgate history verify`: exit code 1 and the first bad record, a lost end, or a checkpoint that the history does not contain.
// A loss that was marked counts until a person signs a checkpoint after it.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllowedSigners, type Signers } from '../change/allowed-signers.js';
import { HISTORY_NAMESPACE, gapOf, parseCheckpoint } from '../change/checkpoint.js';
import { continuationOf, verifyHistory } from '../change/history.js';
import { isLoss, recoveryWords } from '../change/history-words.js';
import { parseRevokedKeys, type RevokedKeys } from '../change/revoked-keys.js';
import { judgeSignature } from '../change/signatures.js';
import { readSource } from '../control/text-file.js';
import type { Outcome } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import type { Source } from '../document/source.js';
import { EXIT_CODES } from './exit-codes.js';
import { headKnownIn, readHistoryFor, type HistoryInHand, type HistoryPlace } from './history-in-hand.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

export interface VerifyOrder extends HistoryPlace {
  readonly checkpoint?: readonly string[];
  readonly signers?: string;
}

interface People {
  readonly signers: Signers;
  readonly revoked: RevokedKeys;
}

/** In the state folder: checkpoints that are kept beside the history too. */
const FOLDER = 'checkpoints';

export function verifyHistoryIn(order: VerifyOrder, terminal: Terminal): void {
  const history = readHistoryFor(order, terminal);
  if (history === undefined) return;
  const failures: string[] = [];
  const { lines, file, folder } = history;
  const verdict = verifyHistory(lines);
  if (!verdict.ok) failures.push(`\`${file}\`: record ${verdict.record} ${verdict.why}`);
  const known = headKnownIn(folder);
  if (known.why !== null) terminal.err(`warning: the state cannot tell where the history ends: ${known.why}\n`);
  const lost = continuationOf(lines, known.head).marks.filter(({ why }) => why !== 'broken');
  failures.push(...lost.map((mark) => `\`${file}\` ${recoveryWords(mark)}`));
  const signedUpTo = judgeCheckpoints(history, order, { failures, terminal });
  if (signedUpTo === undefined) return;
  for (const mark of verdict.ok ? verdict.recoveries : []) {
    const text = `record ${mark.seq} is a mark: the history ${oneLine(recoveryWords(mark))}`;
    if (isLoss(mark) && mark.seq > signedUpTo) failures.push(`\`${file}\`: ${text}`);
    else terminal.err(`warning: \`${file}\`: ${text}\n`);
  }
  for (const failure of failures) terminal.err(`error: ${oneLine(failure)}\n`);
  if (failures.length === 0) terminal.out(`${file}: ${lines.length} records hold together\n`);
  terminal.end(failures.length === 0 ? EXIT_CODES.done : EXIT_CODES.failed);
}

/** The newest record that a checkpoint which counts is of; 0: none. Undefined after it has printed why nobody can be judged, and ended. */
function judgeCheckpoints(
  history: HistoryInHand,
  order: VerifyOrder,
  { failures, terminal }: { failures: string[]; terminal: Terminal },
): number | undefined {
  const own = join(history.folder, FOLDER);
  const beside = existsSync(own) ? readdirSync(own).filter((name) => !/\.sig(?:\.|$)/.test(name)) : [];
  const files = [...beside.sort().map((name) => join(own, name)), ...(order.checkpoint ?? [])];
  if (files.length === 0) return 0;
  const people = peopleFor(history, order, terminal);
  if (people === undefined) return undefined;
  let signedUpTo = 0;
  for (const file of files) {
    const judged = judgeCheckpoint(file, history, people);
    if (typeof judged === 'string') failures.push(judged);
    else {
      signedUpTo = Math.max(signedUpTo, judged.seq);
      terminal.out(`${file}: of record ${judged.seq}, signed by ${judged.person}: contained\n`);
    }
  }
  return signedUpTo;
}

function judgeCheckpoint(
  file: string,
  { lines, approval }: HistoryInHand,
  { signers, revoked }: People,
): { readonly seq: number; readonly person: string } | string {
  const [text, signature] = [readSource(file), readSource(`${file}.sig`)];
  if (!text.ok) return text.problems.map(({ message }) => message).join('; ');
  const checkpoint = parseCheckpoint(text.value.text);
  if (checkpoint === undefined) return `\`${file}\` is no checkpoint: it takes the text as it was printed`;
  if (!signature.ok) return signature.problems.map(({ message }) => message).join('; ');
  const judged = judgeSignature({
    message: Buffer.from(text.value.text, 'utf8'),
    signature: signature.value.text,
    signers,
    revoked,
    namespace: HISTORY_NAMESPACE,
    at: checkpoint.at,
  });
  if (!judged.ok) return `\`${file}.sig\` does not count: ${judged.why.message} [${judged.why.code}]`;
  const { audience } = checkpoint;
  if (approval !== null && approval.audience !== audience) {
    return `\`${file}\` is of audience \`${audience ?? 'none'}\`: this gateway is \`${approval.audience ?? 'none'}\``;
  }
  const gap = gapOf(lines, checkpoint);
  return gap === undefined
    ? { seq: checkpoint.seq, person: judged.person }
    : `the history does not contain checkpoint \`${file}\`, signed by ${judged.person}: ${gap}`;
}

function peopleFor({ approval }: HistoryInHand, order: VerifyOrder, terminal: Terminal): People | undefined {
  const list = order.signers ?? approval?.signers ?? null;
  if (list === null) {
    terminal.err('error: a checkpoint is there, and nobody is named who may sign: name them with `--signers FILE`\n');
    terminal.end(EXIT_CODES.failed);
    return undefined;
  }
  const signers = readPeople(list, parseAllowedSigners, terminal);
  const none: RevokedKeys = { keys: new Set() };
  const revoked =
    approval === null || approval.revoked === null ? none : readPeople(approval.revoked, parseRevokedKeys, terminal);
  return signers === undefined || revoked === undefined ? undefined : { signers, revoked };
}

function readPeople<T>(file: string, parse: (source: Source) => Outcome<T>, terminal: Terminal): T | undefined {
  const source = readSource(file);
  const outcome = source.ok ? parse(source.value) : source;
  if (outcome.ok) return outcome.value;
  terminal.err(renderProblems(outcome.problems, source.ok ? [source.value] : []));
  terminal.end(EXIT_CODES.failed);
  return undefined;
}
