// `headgate check`: reads what `serve` would read and says everything that is wrong. Starts nothing and changes nothing.
import { availableParallelism } from 'node:os';
import { readConfiguration } from '../control/configuration.js';
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import type { Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { compilePolicy, type Compiled } from '../policy/compile.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { exitCodeOf } from './never-set.js';
import type { Terminal, Verb } from './terminal.js';

/** Files that only the machine of the gateway has: elsewhere their absence is worth a warning, no more. */
const OF_THE_MACHINE = new Set(['key-unreadable', 'authority-unreadable']);

export const checkVerb: Verb = (program, terminal) => {
  program
    .command('check')
    .description('say everything that is wrong with a policy, or with the settings and the policy that they name')
    .argument('[policy]', 'a policy file')
    .option('--config <file>', 'a settings file; its policy is checked too')
    .action((policy: string | undefined, { config }: { config?: string }) => {
      if ((policy === undefined) === (config === undefined)) {
        terminal.err('error: `headgate check` takes a policy or `--config FILE`\n');
        terminal.end(EXIT_CODES.usage);
        return;
      }
      terminal.end(policy !== undefined ? checkPolicy(policy, terminal) : checkBoth(config ?? '', terminal));
    });
};

function checkPolicy(file: string, terminal: Terminal): ExitCode {
  const source = readSource(file);
  if (!source.ok) return report(source.problems, [], terminal);
  const { problems, ...compiled } = compilePolicy(source.value, { now: Date.now() });
  const code = report(problems, [source.value], terminal);
  if (compiled.ok) terminal.out(`${file}: ${summaryOf(compiled.value)}\n`);
  return code;
}

function checkBoth(file: string, terminal: Terminal): ExitCode {
  const machine = { processors: availableParallelism(), descriptors: null };
  const { outcome, sources } = readConfiguration(file, { now: Date.now(), machine, folder: process.cwd() });
  const problems = outcome.problems.map((problem): Problem =>
    OF_THE_MACHINE.has(problem.code)
      ? { ...problem, severity: 'warning', help: 'harmless on another machine; on the gateway it would not start' }
      : problem,
  );
  const code = report(problems, sources, terminal);
  if (code === EXIT_CODES.done) {
    const policy = outcome.ok ? `: ${summaryOf(outcome.value.policy)}` : '';
    terminal.out(`${sources.map((source) => source.file).join(' and ')} agree${policy}\n`);
  }
  return code;
}

function report(problems: readonly Problem[], sources: readonly Source[], terminal: Terminal): ExitCode {
  terminal.err(renderProblems(problems, sources));
  return exitCodeOf(problems);
}

function summaryOf({ policy, digest }: Compiled): string {
  const count = policy.partners.length;
  return `${count} ${count === 1 ? 'partner' : 'partners'}, digest ${digest}`;
}
