// `headgate check`: reads what `serve` would read, says everything that is wrong and what may not have been meant. Starts
// nothing and changes nothing.
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { readConfiguration } from '../control/configuration.js';
import { readSource } from '../control/text-file.js';
import type { Problem, Severity } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { compilePolicy, type Compiled } from '../policy/compile.js';
import { lintPolicy } from '../policy/lint.js';
import { EXIT_CODES } from './exit-codes.js';
import { findingsCode, printFindings, type FindingsFormat } from './findings.js';
import type { Terminal, Verb } from './terminal.js';

interface Checked {
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
  /** Absent where there is no policy. */
  readonly policy?: Compiled;
}

interface Options {
  readonly config?: string;
  readonly format: FindingsFormat;
  readonly failOn: Severity;
}

export const checkVerb: Verb = (program, terminal) => {
  program
    .command('check')
    .description('say everything that is wrong with a policy, or with the settings and the policy that they name')
    .argument('[policy]', 'a policy file')
    .option('--config <file>', 'a settings file; its policy is checked too')
    .addOption(
      new Option('--format <format>', 'how problems are printed').choices(['text', 'json', 'sarif']).default('text'),
    )
    .addOption(
      new Option('--fail-on <severity>', 'end with 3 when a finding is at least this')
        .choices(['error', 'warning', 'info'])
        .default('error'),
    )
    .action((policy: string | undefined, options: Options) => {
      const { config } = options;
      if ((policy === undefined) === (config === undefined)) {
        terminal.err('error: `headgate check` takes a policy or `--config FILE`\n');
        terminal.end(EXIT_CODES.usage);
        return;
      }
      report(policy !== undefined ? checkPolicy(policy) : checkBoth(config ?? ''), options, terminal);
    });
};

function checkPolicy(file: string): Checked {
  const now = Date.now();
  const source = readSource(file);
  if (!source.ok) return { problems: source.problems, sources: [] };
  const outcome = compilePolicy(source.value, { now });
  if (!outcome.ok) return { problems: outcome.problems, sources: [source.value] };
  const problems = [...outcome.problems, ...lintPolicy(outcome.value, { now })];
  return { problems, sources: [source.value], policy: outcome.value };
}

function checkBoth(file: string): Checked {
  const now = Date.now();
  const machine = { processors: availableParallelism(), descriptors: null };
  const { outcome, sources } = readConfiguration(file, { now, machine, folder: process.cwd(), isElsewhere: true });
  const { problems } = outcome;
  if (!outcome.ok) return { problems, sources };
  const { policy, settings } = outcome.value;
  const listeners = settings.listeners.map(({ name }) => name);
  return { problems: [...problems, ...lintPolicy(policy, { now, listeners })], sources, policy };
}

function report({ problems, sources, policy }: Checked, { format, failOn }: Options, terminal: Terminal): void {
  const more =
    policy === undefined ? {} : { policy: { digest: policy.digest, partners: policy.policy.partners.length } };
  printFindings(problems, { sources, format, more }, terminal);
  const isUsable = !problems.some(({ severity }) => severity === 'error');
  if (format === 'text' && isUsable) {
    const files = sources.map((source) => source.file).join(' and ');
    const summary = policy === undefined ? '' : `: ${summaryOf(policy)}`;
    terminal.out(`${files}${sources.length > 1 ? ' agree' : ''}${summary}\n`);
  }
  terminal.end(findingsCode(problems, failOn));
}

function summaryOf({ policy, digest }: Compiled): string {
  const count = policy.partners.length;
  return `${count} ${count === 1 ? 'partner' : 'partners'}, digest ${digest}`;
}
