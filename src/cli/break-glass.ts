// Break-glass: one person proposes and signs, for hours, and loudly. What it opens closes by itself.
import { EXIT_CODES } from './exit-codes.js';
import { proposalFor, type ProposalOrder } from './proposal.js';
import { saidOf } from './propose.js';
import { instantText } from './shown-approval.js';
import { placeSignature, signatureBy, type SigningOrder } from './signed-proposal.js';
import type { Terminal } from './terminal.js';
import { writeProposal } from './written-proposal.js';

/** Signed before it is written: a folder never has a break-glass that nobody signed. */
export async function breakTheGlass(order: ProposalOrder, signing: SigningOrder, terminal: Terminal): Promise<void> {
  const proposal = await proposalFor(order, terminal);
  if (proposal === undefined) return;
  if (proposal === 'nothing') {
    terminal.out('nobody would receive more than before: there is no glass to break, and nothing was written\n');
    terminal.end(EXIT_CODES.done);
    return;
  }
  const { approval, text, exposes } = proposal;
  terminal.out(exposes);
  const signature = await signatureBy(approval, { key: signing.key, confirm: signing.confirm, text }, terminal);
  if (signature === undefined) return;
  const file = writeProposal(proposal, undefined, terminal);
  if (file === undefined) return;
  const placed = placeSignature(file, signature, terminal);
  if (placed === undefined) return;
  const ends = instantText(approval.untilMs ?? 0);
  terminal.out(
    `${saidOf(proposal, file)}signed: \`${placed}\`\n` +
      `it ends at ${ends}: then the policy before it is in force again. The gateway logs an error when it begins and 30 minutes before its end; have an alert on headgate_break_glass_until_timestamp_seconds.\n` +
      'for good it takes an ordinary approval, proposed over the policy before it: headgate propose --base git:REV:PATH\n',
  );
  terminal.end(EXIT_CODES.done);
}
