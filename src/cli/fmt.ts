// `headgate fmt`: one layout for the files that people write; comments and meaning stay.
import { readSource } from '../control/text-file.js';
import { formatYaml } from '../document/format-yaml.js';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { replaceFile } from './replace-file.js';
import type { Terminal, Verb } from './terminal.js';

export const fmtVerb: Verb = (program, terminal) => {
  program
    .command('fmt')
    .description('write files of YAML in the one layout, comments kept, meaning untouched')
    .argument('<files...>', 'policies, settings, decision tests')
    .option('--check', 'change nothing; end with 3 where a file has another layout')
    .action((files: readonly string[], { check = false }: { check?: boolean }) => {
      const codes = files.map((file) => format(file, check, terminal));
      const worst = [EXIT_CODES.failed, EXIT_CODES.findings].find((code) => codes.includes(code));
      terminal.end(worst ?? EXIT_CODES.done);
    });
};

function format(file: string, isCheck: boolean, terminal: Terminal): ExitCode {
  const source = readSource(file);
  const formatted = source.ok ? formatYaml(source.value) : undefined;
  if (!source.ok || formatted?.ok !== true) {
    terminal.err(renderProblems(formatted?.problems ?? source.problems, source.ok ? [source.value] : []));
    return EXIT_CODES.failed;
  }
  if (formatted.value === source.value.text) {
    terminal.out(`${file}: as it should be\n`);
    return EXIT_CODES.done;
  }
  if (isCheck) {
    terminal.err(`${file}: another layout than \`headgate fmt\` writes\n`);
    return EXIT_CODES.findings;
  }
  const failure = replaceFile(file, formatted.value);
  if (failure !== undefined) {
    terminal.err(`error: ${failure}\n`);
    return EXIT_CODES.failed;
  }
  terminal.out(`${file}: written\n`);
  return EXIT_CODES.done;
}
