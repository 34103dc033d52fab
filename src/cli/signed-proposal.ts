// A proposal that one person reads, agrees to by typing what it exposes, and signs. Without that word nothing is signed.
import { basename, dirname, resolve } from 'node:path';
import type { Approval } from '../change/approval.js';
import { judgeApprovals } from '../change/approvals.js';
import { readApproval } from '../change/approval-text.js';
import { confirmationOf } from '../change/grant-words.js';
import { APPROVAL_SUFFIX, readApprovalsFolder } from '../control/approvals-folder.js';
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import { readSideSettings } from './compared-settings.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { liveGeneration } from './live-generation.js';
import { placeNew } from './new-file.js';
import { oneLine } from './shell-words.js';
import { renderForReading } from './shown-approval.js';
import { keyFor, signText } from './ssh-signing.js';
import type { Terminal } from './terminal.js';

export interface SigningOrder {
  readonly key?: string | undefined;
  /** What would be typed. */
  readonly confirm?: string | undefined;
}

interface FileOrder extends SigningOrder {
  readonly file: string;
  readonly config?: string | undefined;
}

export async function signProposal(order: FileOrder, terminal: Terminal): Promise<void> {
  const { file, config } = order;
  const refuse = (code: ExitCode, text: string): void => {
    terminal.err(text);
    terminal.end(code);
  };
  if (!file.endsWith(APPROVAL_SUFFIX)) {
    return refuse(EXIT_CODES.usage, `error: \`${file}\` is no proposal: its name ends with \`${APPROVAL_SUFFIX}\`\n`);
  }
  const source = readSource(file);
  if (!source.ok) return refuse(EXIT_CODES.failed, renderProblems(source.problems, []));
  const approval = readApproval(source.value);
  if (!approval.ok) return refuse(EXIT_CODES.failed, renderProblems(approval.problems, [source.value]));
  const signature = await signatureBy(approval.value, { ...order, text: source.value.text }, terminal);
  if (signature === undefined) return;
  const placed = placeSignature(file, signature, terminal);
  if (placed === undefined) return;
  terminal.out(`signed: \`${placed}\`\n`);
  if (config === undefined) terminal.out('with `--config FILE` it is said who counts and who is missing\n');
  else if (!(await sayWhoCounts(resolve(file), config, terminal))) return;
  terminal.end(EXIT_CODES.done);
}

/** Shows the approval, asks, and signs. Undefined after it has printed why not and ended. */
export async function signatureBy(
  approval: Approval,
  { text, key, confirm }: SigningOrder & { readonly text: string },
  terminal: Terminal,
): Promise<string | undefined> {
  const refuse = (code: ExitCode, message: string): undefined => {
    terminal.err(`error: ${message}\n`);
    terminal.end(code);
  };
  terminal.out(renderForReading(approval));
  const wanted = confirmationOf(approval.delta);
  if (confirm === undefined && terminal.ask === undefined) {
    return refuse(EXIT_CODES.usage, 'nobody sits at a terminal: `--confirm TEXT` takes what an approver would type');
  }
  const typed = confirm ?? (await terminal.ask?.(`${QUESTIONS[kindOf(wanted)]}: `));
  if (typed?.trim() !== wanted) {
    const answer = oneLine(typed ?? '').slice(0, 80);
    return refuse(EXIT_CODES.failed, `nothing was signed: \`${answer}\` is not what the lines above expose`);
  }
  const signing = signText(text, keyFor(key));
  return signing.ok ? signing.signature : refuse(EXIT_CODES.failed, signing.message);
}

/** What is asked never holds the answer: who signs has to have read. */
const QUESTIONS = {
  number: 'to sign, type how many hosts would newly receive something',
  everyone: 'to sign, type `everyone`, or `everyone under NAME` with the shortest name of a wildcard above',
  settings: 'no host is named: to sign, type `settings`',
} as const;

function kindOf(wanted: string): keyof typeof QUESTIONS {
  if (wanted === 'settings') return wanted;
  return wanted.startsWith('everyone') ? 'everyone' : 'number';
}

/** FILE.sig, or the first of FILE.sig.2, FILE.sig.3 ... that is not there. */
export function placeSignature(file: string, signature: string, terminal: Terminal): string | undefined {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? `${file}.sig` : `${file}.sig.${number}`;
    const placing = placeNew(name, signature);
    if (placing.kind === 'placed') return name;
    if (placing.kind === 'failed') {
      terminal.err(`error: cannot write \`${name}\`: ${placing.message}\n`);
      terminal.end(EXIT_CODES.failed);
      return undefined;
    }
  }
}

/** By the settings on disk. False after it has ended with why it cannot be said. */
async function sayWhoCounts(file: string, config: string, terminal: Terminal): Promise<boolean> {
  const { outcome, sources } = readSideSettings(config);
  const files = readApprovalsFolder(dirname(file));
  if (!outcome.ok || !files.ok) {
    terminal.err(renderProblems([...outcome.problems, ...files.problems], sources));
    terminal.end(EXIT_CODES.failed);
    return false;
  }
  const { rule, settings } = outcome.value;
  const now = Date.now();
  // Signatures of the present baseline may count no more, while the gateway still knows its generation.
  const live = settings.admin === null ? undefined : await liveGeneration(settings.admin);
  const highestGeneration = live?.ok === true ? live.value : 0;
  const given = { now, skewMs: settings.skewMs, highestGeneration, isRunning: true };
  const judgement = judgeApprovals(files.value, rule, given);
  const judged = judgement.judged.find((each) => each.file === basename(file));
  if (judged === undefined) return true;
  const people = [...new Set(judged.signers.map(({ person }) => `\`${person}\``))];
  terminal.out(
    `who counts: ${people.length === 0 ? 'nobody yet' : people.join(', ')}; ${judged.tally} beside the proposer\n`,
  );
  for (const fault of judged.faults)
    terminal.out(`\`${fault.file}\` does not count: ${fault.message} [${fault.code}]\n`);
  if (judged.why !== null) terminal.out(`it does not count yet: ${judged.why.message} [${judged.why.code}]\n`);
  return true;
}
