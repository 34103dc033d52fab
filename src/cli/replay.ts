// `headgate replay`: destinations of the past through a candidate, before it runs. Contacts nobody but the gateway, where `live` is asked.
import { Option } from 'commander';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES } from './exit-codes.js';
import { momentFor } from './moment.js';
import { exitCodeOf } from './never-set.js';
import { renderReplay } from './render-replay.js';
import { replayJson } from './replay-json.js';
import type { PastOrder } from './past.js';
import { readReplay } from './replayed.js';
import { readReplaySides } from './replay-sides.js';
import type { Terminal, Verb } from './terminal.js';

interface Options extends PastOrder {
  readonly candidate: string;
  readonly policy?: string;
  readonly config?: string;
  readonly at?: string;
  readonly most: string;
  readonly format: 'text' | 'json';
}

export const replayVerb: Verb = (program, terminal) => {
  program
    .command('replay')
    .description(
      'send destinations of the past through a candidate: what would be released that was not, what would end',
    )
    .option(
      '--access-log <file>',
      'HAProxy, nginx or Apache with the host, Squid, `host count`, or JSON lines; `-`: standard input',
    )
    .option('--days <n>', 'so many days of the ledger instead: destinations of partners alone')
    .option('--state <folder>', 'the state folder that has the ledger; default: that of `--config`')
    .option('--covers <duration>', 'how long the log covers, where its lines have no time, such as `7d`')
    .requiredOption('--candidate <policy>', 'a policy file, or `git:REV:PATH`')
    .option('--policy <policy>', 'what runs: the same, or `live`; default: `live` with `--config`, else nothing at all')
    .option('--config <file>', 'the settings file')
    .option('--at <time>', 'compare from this day or instant on; default: now')
    .option('--most <rows>', 'rows that are printed of each table', '50')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action((options: Options) => run(options, terminal));
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const now = momentFor(options.at, { timezone: 'UTC', now: Date.now() }, terminal);
  if (now === undefined) return;
  const most = Number(options.most);
  if (!/^[1-9]\d{0,4}$/.test(options.most)) {
    terminal.err('error: `--most` takes a number of rows from 1 to 99999\n');
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const sides = await readReplaySides(options, now);
  if (!sides.outcome.ok) {
    terminal.err(renderProblems(sides.outcome.problems, sides.sources));
    terminal.end(sides.isCandidate ? exitCodeOf(sides.outcome.problems) : EXIT_CODES.failed);
    return;
  }
  const { old, next, against } = sides.outcome.value;
  const past = await readReplay(options, { old, next, now, against }, terminal);
  if (past === undefined) return;
  const { replayed, source } = past;
  const { timezone } = next.policy;
  terminal.out(
    options.format === 'json'
      ? `${JSON.stringify(replayJson(replayed, source), null, 2)}\n`
      : renderReplay(replayed, source, { timezone, most })
          .map((line) => `${line}\n`)
          .join(''),
  );
  terminal.end(EXIT_CODES.done);
}
