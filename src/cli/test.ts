// `headgate test`: a policy against the team's own decision tests, or tests made from its edges. Contacts nobody.
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import { boundaryTestsOf } from '../review/boundary-tests.js';
import { readDecisionTests } from '../review/decision-tests.js';
import { judgeTests } from '../review/judge.js';
import { renderDecisionTests } from '../review/render-tests.js';
import { EXIT_CODES } from './exit-codes.js';
import { momentFor } from './moment.js';
import { readPolicyFor, type PolicyInHand } from './policy-in-hand.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly generate?: boolean;
  readonly at?: string;
}

export const testVerb: Verb = (program, terminal) => {
  program
    .command('test')
    .description('run decision tests against a policy, or make them from its edges')
    .argument('<policy>', 'a policy file')
    .argument('[tests]', 'a file of decision tests')
    .option('--generate', 'print a file of tests: just inside and just outside each rule; they pass today')
    .option('--at <time>', 'with --generate: the usual time of the tests; default: now')
    .action((file: string, tests: string | undefined, options: Options) => {
      const isGenerating = options.generate === true;
      if (isGenerating === (tests !== undefined) || (!isGenerating && options.at !== undefined)) {
        terminal.err('error: `headgate test` takes a policy and tests, or a policy and `--generate`\n');
        terminal.end(EXIT_CODES.usage);
        return;
      }
      const now = Date.now();
      const read = readPolicyFor(file, now, terminal);
      if (read === undefined) return;
      if (tests === undefined) generate(read, { now, at: options.at }, terminal);
      else judge(read, tests, terminal);
    });
};

function generate({ compiled }: PolicyInHand, time: { now: number; at: string | undefined }, terminal: Terminal): void {
  const { timezone } = compiled.policy;
  // Whole seconds: what is written is what is meant.
  const now = Math.floor(time.now / 1000) * 1000;
  const at = momentFor(time.at, { timezone, now }, terminal);
  if (at === undefined) return;
  const heading = [
    'Decision tests made by `headgate test --generate`: just inside and just outside each rule.',
    'They say what the policy did when they were made; a test that fails later shows an edge that has moved.',
  ];
  terminal.out(renderDecisionTests(boundaryTestsOf(compiled, at), { at, timezone, heading }));
  terminal.end(EXIT_CODES.done);
}

function judge({ compiled, source }: PolicyInHand, file: string, terminal: Terminal): void {
  const text = readSource(file);
  const tests = text.ok ? readDecisionTests(text.value, compiled.policy.timezone) : undefined;
  if (!text.ok || tests?.ok !== true) {
    terminal.err(renderProblems(tests?.problems ?? text.problems, text.ok ? [text.value] : []));
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const { passed, failed, problems } = judgeTests(compiled, tests.value);
  terminal.err(renderProblems(problems, [text.value, source]));
  const count = `${passed} of ${passed + failed} ${passed + failed === 1 ? 'test' : 'tests'} passed`;
  terminal.out(`${file}: ${count}\n`);
  terminal.end(failed === 0 ? EXIT_CODES.done : EXIT_CODES.failed);
}
