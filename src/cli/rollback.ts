// `headgate rollback`: what going back to an earlier admitted policy would mean; with `--yes` that policy is the file again, and meets the
// gate like any other change.
import { GateStore } from '../control/gate-store.js';
import { effectiveOfRecord } from '../control/judge.js';
import { StateFolder } from '../control/state-folder.js';
import type { AdmittedRecord } from '../change/admitted.js';
import { renderProblems } from '../document/render.js';
import type { Problem } from '../document/problem.js';
import { diffOf } from '../policy/diff.js';
import { renderDiff } from '../policy/render-diff.js';
import { readSettings } from '../control/settings-file.js';
import { readSource } from '../control/text-file.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { replaceFile } from './replace-file.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly to?: string;
  readonly yes?: boolean;
}

export const rollbackVerb: Verb = (program, terminal) => {
  program
    .command('rollback')
    .description('compare what is in force with the policy admitted before it; with --yes write that one to the file')
    .requiredOption('--config <file>', 'the settings file')
    .option('--to <digest>', 'an earlier policy by the beginning of its digest; default: the one before')
    .option('--yes', 'write it to the policy file; the running gateway then judges it')
    .action((options: Options) => run(options, terminal));
};

function run(options: Options, terminal: Terminal): void {
  const source = readSource(options.config);
  if (!source.ok) return fail(terminal, source.problems);
  const settings = readSettings(source.value, { processors: 1, descriptors: null });
  if (!settings.ok) return fail(terminal, settings.problems, [source.value]);
  const { stateFolder, policyFile } = settings.value;
  const store = new GateStore(new StateFolder(stateFolder));
  const state = store.readState();
  if (!state.ok) return fail(terminal, [state.problem]);
  if (state.value === null) {
    return fail(terminal, [
      problemOf('state-empty', `\`${stateFolder}\` holds no admitted policy: nothing was admitted yet`),
    ]);
  }
  const { current, previous } = state.value;
  const digest = options.to === undefined ? previous[0] : previous.find((each) => each.startsWith(options.to ?? ''));
  if (digest === undefined) {
    const message =
      options.to === undefined
        ? 'no policy was admitted before this one'
        : `no earlier policy begins with \`${options.to}\``;
    const known = previous.map((each) => `\`${each.slice(0, 12)}\``).join(', ');
    return fail(terminal, [problemOf('rollback-unknown', message, known === '' ? undefined : `known: ${known}`)]);
  }
  const earlier = store.readEarlier(digest);
  if (!earlier.ok) return fail(terminal, [earlier.problem]);
  if (earlier.value === null) {
    return fail(terminal, [problemOf('rollback-unknown', `policy \`${digest.slice(0, 12)}\` is not kept any more`)]);
  }
  compare(current, earlier.value, terminal);
  if (options.yes !== true) {
    terminal.out(
      `nothing is changed; to write it: headgate rollback --config ${options.config} --to ${digest.slice(0, 12)} --yes\n`,
    );
    terminal.end(EXIT_CODES.done);
    return;
  }
  const failure = replaceFile(policyFile, earlier.value.text);
  if (failure !== undefined) return fail(terminal, [problemOf('file', failure)]);
  terminal.out(
    `\`${policyFile}\` is the policy of ${instantOf(earlier.value.admittedAt)} again; the gateway judges it: headgate status --config ${options.config}\n`,
  );
  terminal.end(EXIT_CODES.done);
}

function compare(current: AdmittedRecord, earlier: AdmittedRecord, terminal: Terminal): void {
  const now = Date.now();
  // The settings stay as they are: only the policy goes back.
  const next = { ...effectiveOfRecord(earlier), gated: current.gated };
  const diff = diffOf(effectiveOfRecord(current), next, now);
  terminal.out(`from ${current.digest.slice(0, 12)}, admitted ${instantOf(current.admittedAt)}\n`);
  terminal.out(`to   ${earlier.digest.slice(0, 12)}, admitted ${instantOf(earlier.admittedAt)}\n`);
  terminal.out(renderDiff(diff, { timezone: earlier.policy.timezone, causesOf: () => ({ old: [], new: [] }) }));
  if (diff.direction === 'widening' || diff.direction === 'incomparable') {
    terminal.out('what widens needs approval like any other change: headgate propose\n');
  }
}

function fail(
  terminal: Terminal,
  problems: readonly Problem[],
  sources: Parameters<typeof renderProblems>[1] = [],
): void {
  terminal.err(renderProblems(problems, sources));
  terminal.end(EXIT_CODES.failed satisfies ExitCode);
}

function problemOf(code: string, message: string, help?: string): Problem {
  return { code, severity: 'error', message, ...(help === undefined ? {} : { help }) };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
