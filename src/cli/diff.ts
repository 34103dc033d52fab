// `headgate diff`: what a change of policy means, before it happens. Changes nothing; the exit code says whether it widens.
import { Option } from 'commander';
import { headgateVersion } from '../control/version.js';
import { renderProblems } from '../document/render.js';
import { renderSarif } from '../document/render-sarif.js';
import { causesBetween } from '../policy/causes.js';
import { diffJson, diffProblems } from '../policy/diff-json.js';
import { diffOf, type Diff } from '../policy/diff.js';
import { renderDiffMarkdown } from '../policy/render-diff-markdown.js';
import { renderDiff, type DiffWords } from '../policy/render-diff.js';
import { readSettingsFor, readSide, type Side } from './compared.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { momentFor } from './moment.js';
import { exitCodeOf } from './never-set.js';
import type { Terminal, Verb } from './terminal.js';

type Format = 'text' | 'json' | 'markdown' | 'sarif';

interface Options {
  readonly config?: string;
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
    .option('--config <file>', 'a settings file: for `live`, and to compare the gated settings too')
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
  const configuration = options.config === undefined ? undefined : readSettingsFor(options.config);
  if (configuration?.outcome.ok === false) {
    terminal.err(renderProblems(configuration.outcome.problems, configuration.sources));
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const settings = configuration?.outcome.value;
  const sides: Side[] = [];
  const codes: ExitCode[] = [];
  for (const name of names) {
    const { outcome, sources } = await readSide({ name, now, ...(settings === undefined ? {} : { settings }) });
    if (outcome.ok) sides.push(outcome.value);
    else {
      terminal.err(renderProblems(outcome.problems, sources));
      // Only of the new policy does the never-set say something: the old one is what there is.
      codes.push(name === names[1] ? exitCodeOf(outcome.problems) : EXIT_CODES.failed);
    }
  }
  const [old, next] = sides;
  if (old === undefined || next === undefined) {
    terminal.end(codes.includes(EXIT_CODES.failed) ? EXIT_CODES.failed : EXIT_CODES.neverSet);
    return;
  }
  const diff = diffOf(old.compared, next.compared, now);
  const words = { timezone: next.placed.policy.timezone, causesOf: causesBetween(old.placed, next.placed) };
  terminal.out(rendered(diff, words, options.format));
  terminal.end(codeOf(diff));
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
