// `headgate drill`: shows that the gate refuses what it must, against a scratch copy of the configuration. For a monthly job.
import { drill, type DrillResult } from '../control/drill.js';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal, Verb } from './terminal.js';

export const drillVerb: Verb = (program, terminal) => {
  program
    .command('drill')
    .description(
      'try known bad changes on a scratch copy of the configuration: 0 when the gate refuses each, 1 when not',
    )
    .requiredOption('--config <file>', 'the settings file')
    .option('--format <format>', 'text or json', 'text')
    .action(({ config, format }: { config: string; format: string }) => run(config, format, terminal));
};

function run(file: string, format: string, terminal: Terminal): void {
  if (format !== 'text' && format !== 'json') {
    terminal.err(`error: \`--format ${format}\`: it takes \`text\` or \`json\`\n`);
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const outcome = drill({ file, machine: { processors: 1, descriptors: null }, now: Date.now() });
  if (!outcome.ok) {
    terminal.err(renderProblems(outcome.problems, []));
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const { results } = outcome;
  const failed = results.filter(({ outcome: each }) => each !== 'refused').length;
  terminal.out(
    format === 'json' ? `${JSON.stringify({ refused: results.length - failed, results }, null, 2)}\n` : textOf(results),
  );
  if (failed > 0)
    terminal.err(`error: ${failed} of ${results.length} bad changes were not refused as they must be [drill]\n`);
  terminal.end(failed === 0 ? EXIT_CODES.done : EXIT_CODES.failed);
}

const WORDS = { refused: 'refused ', admitted: 'ADMITTED', untried: 'UNTRIED ' } as const;

function textOf(results: readonly DrillResult[]): string {
  const lines = results.flatMap(({ change, outcome, code, message }) => [
    `${WORDS[outcome]}  ${change} [${code}]`,
    `          ${message}`,
  ]);
  const refused = results.filter(({ outcome }) => outcome === 'refused').length;
  return `${lines.join('\n')}\n${refused} of ${results.length} bad changes refused\n`;
}
