// `headgate approve`: shows a proposal, has the approver type what it exposes, and signs it; or proposes and approves in one step
// where nobody else is asked. It decides nothing: the gateway judges what lies in the folder.
import { parseDuration } from '../document/units.js';
import { BREAK_GLASS_MS } from '../change/approval.js';
import { breakTheGlass } from './break-glass.js';
import { EXIT_CODES } from './exit-codes.js';
import { proposalFor, type ProposalOrder } from './proposal.js';
import { saidOf } from './propose.js';
import { signProposal } from './signed-proposal.js';
import type { Terminal, Verb } from './terminal.js';
import { writeProposal } from './written-proposal.js';

interface Options {
  readonly config?: string;
  readonly key?: string;
  readonly confirm?: string;
  readonly candidate?: string;
  readonly base: string;
  readonly reason?: string;
  readonly proposer?: string;
  readonly ticket?: string;
  readonly baseline?: boolean;
  readonly yes?: boolean;
  readonly breakGlass?: boolean;
  readonly for: string;
}

export const approveVerb: Verb = (program, terminal) => {
  program
    .command('approve')
    .description('show a proposal and sign it; with `--yes` or `--break-glass`, propose and approve in one step')
    .argument('[proposal]', 'the file that `headgate propose` wrote')
    .option(
      '--key <file>',
      'an SSH key, or a public one that an agent has; default: that of git, else ~/.ssh/id_ed25519',
    )
    .option('--config <file>', 'the settings file: to say who counts, and to propose in the same step')
    .option('--confirm <text>', 'what you would type, where no terminal is')
    .option('--yes', 'propose and approve in one step, where `approval.required` is 0')
    .option('--break-glass', 'propose and sign alone, for hours; the gateway says so as an error')
    .option('--for <duration>', 'how long a break-glass lasts, 4h at most', '4h')
    .option('--candidate <policy>', 'in one step: a policy file; default: the one that the settings name')
    .option('--base <base>', 'in one step: `live`, a policy file, or `git:REV:PATH`', 'live')
    .option('--baseline', 'in one step: all that the candidate permits, and a new generation')
    .option('--reason <text>', 'in one step: why')
    .option('--proposer <name>', 'in one step: who asks; default: the e-mail address of git')
    .option('--ticket <text>', 'in one step: where it is kept track of')
    .action((proposal: string | undefined, options: Options) => run(proposal, options, terminal));
};

async function run(file: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  const usage = (message: string): void => {
    terminal.err(`error: ${message}\n`);
    terminal.end(EXIT_CODES.usage);
  };
  const { config, reason, yes = false, breakGlass = false, baseline = false } = options;
  const isOneStep = yes || breakGlass;
  if (file !== undefined) {
    if (isOneStep || baseline || reason !== undefined || options.candidate !== undefined) {
      return usage(
        '`headgate approve PROPOSAL` signs that file: `--yes`, `--break-glass` and what goes with them propose another',
      );
    }
    return signProposal({ ...options, file }, terminal);
  }
  if (!isOneStep || yes === breakGlass || config === undefined || reason === undefined) {
    return usage(
      '`headgate approve` takes a proposal, or `--config FILE --reason TEXT` with `--yes` or `--break-glass`',
    );
  }
  if (breakGlass && baseline) return usage('a break-glass is no baseline: it takes a widening');
  const forMs = parseDuration(options.for);
  if (breakGlass && (forMs === undefined || forMs <= 0 || forMs > BREAK_GLASS_MS)) {
    return usage(`\`--for ${options.for}\` is no time for a break-glass: it takes up to 4h, for example 90m`);
  }
  const { candidate, base, proposer, ticket } = options;
  const order = { config, reason, candidate, base, proposer, ticket };
  if (breakGlass) return breakTheGlass({ ...order, kind: 'break-glass', forMs }, options, terminal);
  return approveUnsigned({ ...order, kind: baseline ? 'baseline' : 'widening' }, terminal);
}

async function approveUnsigned(order: ProposalOrder, terminal: Terminal): Promise<void> {
  const proposal = await proposalFor(order, terminal);
  if (proposal === undefined) return;
  if (proposal === 'nothing') {
    terminal.out('nobody would receive more than before: there is nothing to approve, and nothing was written\n');
    terminal.end(EXIT_CODES.done);
    return;
  }
  const { required, groups } = proposal.rule;
  if (required > 0 || Object.keys(groups).length > 0) {
    const who = required > 0 ? `\`approval.required\` is ${required}` : '`approval.groups` names whoever must agree';
    terminal.err(
      `error: \`--yes\` approves where nobody else is asked: ${who}\n  help: headgate propose, and let them sign it\n`,
    );
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const file = writeProposal(proposal, undefined, terminal);
  if (file === undefined) return;
  terminal.out(`${proposal.exposes}${saidOf(proposal, file)}it counts as it lies: \`approval.required\` is 0\n`);
  terminal.end(EXIT_CODES.done);
}
