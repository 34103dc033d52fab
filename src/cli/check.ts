// `headgate check`: reads what `serve` would read, says everything that is wrong and what may not have been meant; with `--approvals`
// whether a gateway would admit it. Starts nothing and changes nothing.
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { readConfiguration } from '../control/configuration.js';
import { redisFileProblems } from '../control/redis-files.js';
import { readSettings } from '../control/settings-file.js';
import { readSource } from '../control/text-file.js';
import type { Problem, Severity } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { compilePolicy, type Compiled } from '../policy/compile.js';
import { lintPolicy } from '../policy/lint.js';
import { checkAdmission, type AdmissionCheck } from './admission-check.js';
import { EXIT_CODES, gravestOf } from './exit-codes.js';
import { findingsCode, printFindings, type FindingsFormat } from './findings.js';
import type { Terminal, Verb } from './terminal.js';

interface Checked {
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
  /** Absent where there is no policy. */
  readonly policy?: Compiled;
  /** Absent: not asked, or there is nothing to judge. */
  readonly admission?: AdmissionCheck;
}

interface Options {
  readonly config?: string;
  readonly format: FindingsFormat;
  readonly failOn: Severity;
  /** `true`: in the folder of the settings. */
  readonly approvals?: string | true;
  readonly base?: string;
  readonly baseConfig?: string;
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
    .option(
      '--approvals [folder]',
      'judge it as a gateway would, with the approvals there; default: as the settings say',
    )
    .option(
      '--base <base>',
      'what runs: a policy file, `git:REV:PATH` or `live`; default: nothing, as for a new gateway',
    )
    .option('--base-config <file>', 'the settings of the base (a file or `git:REV:PATH`); default: the same')
    .action((policy: string | undefined, options: Options) => run(policy, options, terminal));
};

async function run(policy: string | undefined, options: Options, terminal: Terminal): Promise<void> {
  const { config, approvals, base, baseConfig } = options;
  const usage = usageFault(policy, options);
  if (usage !== undefined) {
    terminal.err(`error: ${usage}\n`);
    terminal.end(EXIT_CODES.usage);
    return;
  }
  if (policy !== undefined) return report(checkPolicy(policy), options, terminal);
  const file = config ?? '';
  const folder = approvals === true ? undefined : approvals;
  const checked =
    approvals === undefined ? checkBoth(file) : await checkAdmission({ config: file, folder, base, baseConfig });
  report({ ...checked, problems: [...checked.problems, ...redisProblems(file)] }, options, terminal);
}

/** Of the files that `redis` names; none where the settings themselves are wrong. */
function redisProblems(file: string): readonly Problem[] {
  const source = readSource(file);
  const settings = source.ok ? readSettings(source.value, { processors: 1, descriptors: null }) : source;
  return settings.ok ? redisFileProblems(settings.value.redis) : [];
}

function usageFault(policy: string | undefined, { config, approvals, base, baseConfig }: Options): string | undefined {
  if ((policy === undefined) === (config === undefined)) return '`headgate check` takes a policy or `--config FILE`';
  if (approvals === undefined) {
    return base === undefined && baseConfig === undefined ? undefined : '`--base` takes `--approvals` too';
  }
  if (config === undefined) return '`--approvals` takes `--config FILE`: the settings say who must agree';
  if (baseConfig !== undefined && (base === undefined || base === 'live')) {
    return '`--base-config` takes a base that is a file or `git:REV:PATH`';
  }
  return undefined;
}

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
  const listeners = settings.listeners.filter(({ mirror }) => mirror === undefined).map(({ name }) => name);
  return { problems: [...problems, ...lintPolicy(policy, { now, listeners })], sources, policy };
}

function report(checked: Checked, { format, failOn }: Options, terminal: Terminal): void {
  const { problems, sources, policy, admission } = checked;
  const more = {
    ...(policy === undefined ? {} : { policy: { digest: policy.digest, partners: policy.policy.partners.length } }),
    ...(admission === undefined ? {} : { admission: admission.json }),
  };
  printFindings([...problems, ...(admission?.problems ?? [])], { sources, format, more }, terminal);
  const isUsable = !problems.some(({ severity }) => severity === 'error');
  if (format === 'text' && isUsable) {
    const files = sources.map((source) => source.file).join(' and ');
    const summary = policy === undefined ? '' : `: ${summaryOf(policy)}`;
    terminal.out(`${files}${sources.length > 1 ? ' agree' : ''}${summary}\n${admission?.said ?? ''}`);
  }
  const code = findingsCode(problems, failOn);
  terminal.end(admission === undefined ? code : gravestOf([code, admission.code]));
}

function summaryOf({ policy, digest }: Compiled): string {
  const count = policy.partners.length;
  return `${count} ${count === 1 ? 'partner' : 'partners'}, digest ${digest}`;
}
