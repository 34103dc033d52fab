// `headgate diff`: what a change of policy means, before it happens. Changes nothing; the exit code says whether it widens.
import { Option } from 'commander';
import { headgateVersion } from '../control/version.js';
import { renderProblems } from '../document/render.js';
import { renderSarif } from '../document/render-sarif.js';
import { causesBetween } from '../policy/causes.js';
import { diffJson, diffProblems } from '../policy/diff-json.js';
import { diffOf, type Diff } from '../policy/diff.js';
import { listenersIn } from '../policy/listener-text.js';
import { renderDiffMarkdown } from '../policy/render-diff-markdown.js';
import { renderDiff, type DiffWords } from '../policy/render-diff.js';
import { readSideSettings, type SideSettings } from './compared-settings.js';
import { readSide, type Side } from './compared.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { momentFor } from './moment.js';
import { exitCodeOf } from './never-set.js';
import type { Terminal, Verb } from './terminal.js';

type Format = 'text' | 'json' | 'markdown' | 'sarif';

interface Options {
  readonly config?: string;
  readonly oldConfig?: string;
  readonly at?: string;
  readonly format: Format;
}

export const diffVerb: Verb = (program, terminal) => {
  program
    .command('diff')
    .description(
      'say who would newly receive what, over all hosts and from now on: 0 narrower or equal, 2 wider, 4 never',
    )
    .argument('<old>', 'a policy file, `git:REV:PATH`, or `live`: the gateway that runs')
    .argument('<new>', 'the same')
    .option(
      '--config <file>',
      'settings (a file or `git:REV:PATH`): for `live`, and to compare the gated settings; of both sides, revisions of git too, ' +
        'unless `--old-config` names the old ones',
    )
    .option(
      '--old-config <file>',
      'the settings of the old side, the same; files that they name are those of the revision',
    )
    .option('--at <time>', 'compare from this day or instant on; default: now')
    .addOption(
      new Option('--format <format>', 'how it is printed')
        .choices(['text', 'json', 'markdown', 'sarif'])
        .default('text'),
    )
    .action((old: string, next: string, options: Options) => run([old, next], options, terminal));
};

async function run(names: readonly [string, string], options: Options, terminal: Terminal): Promise<void> {
  const now = momentFor(options.at, { timezone: 'UTC', now: Date.now() }, terminal);
  if (now === undefined) return;
  if (options.config === undefined && options.oldConfig !== undefined) {
    terminal.err(
      'error: `--old-config` takes the place of `--config` on one side: it needs `--config FILE` for the other\n',
    );
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const settings = settingsOf(options, terminal);
  if (settings === undefined) return;
  const sides: Side[] = [];
  const codes: ExitCode[] = [];
  for (const [index, name] of names.entries()) {
    const ofSide = settings[index];
    const { outcome, sources } = await readSide({ name, now, ...(ofSide === undefined ? {} : { settings: ofSide }) });
    if (outcome.ok) sides.push(outcome.value);
    else {
      terminal.err(renderProblems(outcome.problems, sources));
      // Only of the new policy does the never-set say something: the old one is what there is.
      codes.push(index === 1 ? exitCodeOf(outcome.problems) : EXIT_CODES.failed);
    }
  }
  const [old, next] = sides;
  if (old === undefined || next === undefined) {
    terminal.end(codes.includes(EXIT_CODES.failed) ? EXIT_CODES.failed : EXIT_CODES.neverSet);
    return;
  }
  const diff = diffOf(old.compared, next.compared, now);
  const listeners = listenersIn([old.compared.gated, next.compared.gated]);
  const words = {
    timezone: next.placed.policy.timezone,
    causesOf: causesBetween(old.placed, next.placed),
    ...(listeners === undefined ? {} : { listeners }),
  };
  terminal.out(rendered(diff, words, options.format));
  terminal.end(codeOf(diff));
}

/** Of the old and the new side, none without `--config`; undefined after it has said what is wrong and ended with 1. */
function settingsOf({ config, oldConfig }: Options, terminal: Terminal): readonly SideSettings[] | undefined {
  const files = config === undefined ? [] : [...new Set([oldConfig ?? config, config])];
  const found: SideSettings[] = [];
  for (const file of files) {
    const { outcome, sources } = readSideSettings(file);
    if (outcome.problems.length > 0) terminal.err(renderProblems(outcome.problems, sources));
    if (outcome.ok) found.push(outcome.value);
    else terminal.end(EXIT_CODES.failed);
  }
  if (found.length < files.length) return undefined;
  return found.length === 1 ? [...found, ...found] : found;
}

function rendered(diff: Diff, words: DiffWords, format: Format): string {
  switch (format) {
    case 'text':
      return renderDiff(diff, words);
    case 'json':
      return `${JSON.stringify(diffJson(diff, words), null, 2)}\n`;
    case 'markdown':
      return renderDiffMarkdown(diff, words);
    case 'sarif':
      return renderSarif(diffProblems(diff, words), { version: headgateVersion() });
    default:
      return format satisfies never;
  }
}

function codeOf({ direction }: Diff): ExitCode {
  return direction === 'widening' || direction === 'incomparable' ? EXIT_CODES.widening : EXIT_CODES.done;
}
