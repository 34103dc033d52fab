// `headgate propose`: writes what a candidate adds as one text to read and sign. Nobody has agreed to anything yet.
import { APPROVAL_SUFFIX } from '../control/approvals-folder.js';
import { EXIT_CODES } from './exit-codes.js';
import { proposalFor, type Proposal } from './proposal.js';
import { oneLine, shellWord } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';
import { writeProposal } from './written-proposal.js';

interface Options {
  readonly config: string;
  readonly candidate?: string;
  readonly base: string;
  readonly reason: string;
  readonly proposer?: string;
  readonly ticket?: string;
  readonly applyBefore?: string;
  readonly baseline?: boolean;
  readonly output?: string;
  readonly accessLog?: string;
  readonly covers?: string;
}

export const proposeVerb: Verb = (program, terminal) => {
  program
    .command('propose')
    .description('write what a candidate adds as one text to read and sign, into the folder of approvals')
    .requiredOption('--config <file>', 'the settings file')
    .option('--candidate <policy>', 'a policy file; default: the one that the settings name')
    .option('--base <base>', '`live`, a policy file, or `git:REV:PATH`: what the candidate is compared with', 'live')
    .requiredOption('--reason <text>', 'why, for whoever signs')
    .option('--proposer <name>', 'who asks, as `approval.signers` names people; default: the e-mail address of git')
    .option('--ticket <text>', 'where it is kept track of')
    .option(
      '--apply-before <time>',
      'a day or an instant: until when it may carry a change; default: 72 hours from now',
    )
    .option('--baseline', 'all that the candidate permits, and a new generation')
    .option('--access-log <file>', 'replay its destinations, and put the summary into the text, to inform who signs')
    .option('--covers <duration>', 'how long that log covers, where its lines have no time, such as `7d`')
    .option('--output <file>', `write it there; its name ends with \`${APPROVAL_SUFFIX}\``)
    .action((options: Options) => run(options, terminal));
};

async function run({ baseline, output, accessLog, covers, ...options }: Options, terminal: Terminal): Promise<void> {
  if (output !== undefined && !output.endsWith(APPROVAL_SUFFIX)) {
    terminal.err(`error: \`${output}\` would not be found: the name of an approval ends with \`${APPROVAL_SUFFIX}\`\n`);
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const past = accessLog === undefined ? undefined : { accessLog, ...(covers === undefined ? {} : { covers }) };
  const kind = baseline === true ? 'baseline' : 'widening';
  const proposal = await proposalFor({ ...options, kind, past }, terminal);
  if (proposal === undefined) return;
  if (proposal === 'nothing') {
    terminal.out('nobody would receive more than before: there is nothing to approve, and nothing was written\n');
    terminal.end(EXIT_CODES.done);
    return;
  }
  const file = writeProposal(proposal, output, terminal);
  if (file === undefined) return;
  terminal.out(`${proposal.exposes}${saidOf(proposal, file)}${nextOf(proposal, file, options.config)}`);
  terminal.end(EXIT_CODES.done);
}

/** ``wrote `approvals/x.approval.yaml`: widening, generation 3, for `edge` `` */
export function saidOf({ approval }: Proposal, file: string): string {
  const { kind, generation, audience, applyBeforeMs } = approval;
  const whose = audience === null ? '' : `, for \`${oneLine(audience)}\``;
  const before = new Date(applyBeforeMs).toISOString().replace('.000Z', 'Z');
  return `wrote \`${file}\`: ${kind}, generation ${generation}${whose}; it may carry a change until ${before}\n`;
}

function nextOf({ approval, rule }: Proposal, file: string, config: string): string {
  if (rule.required === 0) return 'it counts as it lies: `approval.required` is 0, and nobody needs to sign\n';
  const groups = Object.entries(rule.groups).map(([group, count]) => `, ${count} of them of group \`${group}\``);
  const people = `${rule.required} ${rule.required === 1 ? 'person' : 'people'}`;
  return (
    `it counts when \`${oneLine(approval.proposer)}\` and ${people} more have signed it${groups.join('')}:\n` +
    `  headgate approve ${shellWord(file)} --config ${shellWord(config)}\n`
  );
}
