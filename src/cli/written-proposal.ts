// A proposal put into the folder of approvals, under a name that says its day and kind. Never over another file.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { APPROVAL_SUFFIX } from '../control/approvals-folder.js';
import { reasonOf } from '../control/start-failure.js';
import { pathFrom } from '../control/text-file.js';
import { EXIT_CODES } from './exit-codes.js';
import { placeNew } from './new-file.js';
import type { Proposal } from './proposal.js';
import type { Terminal } from './terminal.js';

/** `output`: in place of a name in the folder of the settings. The path as it is shown; undefined after it has said why not and ended. */
export function writeProposal(
  { approval, text, candidate }: Proposal,
  output: string | undefined,
  terminal: Terminal,
): string | undefined {
  const day = new Date(approval.createdMs).toISOString().slice(0, 10);
  const name = `${day}-${approval.kind}-${approval.id.slice(0, 8)}${APPROVAL_SUFFIX}`;
  const file = output ?? join(candidate.settings.approvalsFolder, name);
  const shown = pathFrom(process.cwd(), file);
  const failure = failureOf(file, text);
  if (failure === undefined) return shown;
  terminal.err(`error: cannot write \`${shown}\`: ${failure}\n`);
  terminal.end(EXIT_CODES.failed);
  return undefined;
}

function failureOf(file: string, text: string): string | undefined {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (cause) {
    return reasonOf(cause);
  }
  const placing = placeNew(file, text);
  if (placing.kind === 'placed') return undefined;
  return placing.kind === 'taken' ? 'there is a file already, and approvals are never written over' : placing.message;
}
