// `headgate renew`: moves the last day of one partner, and nothing else in the file. What does not compile is never written.
import { readSource } from '../control/text-file.js';
import type { Problem } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import type { Source } from '../document/source.js';
import { compilePolicy } from '../policy/compile.js';
import { renderInstant } from '../policy/instant.js';
import type { Policy } from '../policy/policy.js';
import { renewalOf, type Renewal } from '../policy/renewal.js';
import { EXIT_CODES } from './exit-codes.js';
import { exitCodeOf } from './never-set.js';
import { replaceFile } from './replace-file.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly until: string;
  readonly policy: string;
}

export const renewVerb: Verb = (program, terminal) => {
  program
    .command('renew')
    .description('move the last day of one partner, and nothing else in the file')
    .argument('<partner>', 'its id')
    .requiredOption('--until <date>', 'the new last day (whole, in the policy’s zone) or an instant')
    .requiredOption('--policy <file>', 'the policy')
    .action((id: string, options: Options) => run(id, options, terminal));
};

function run(id: string, { until, policy: file }: Options, terminal: Terminal): void {
  const refuse = (problems: readonly Problem[], sources: readonly Source[]): void => {
    terminal.err(renderProblems(problems, sources));
    terminal.end(exitCodeOf(problems));
  };
  const now = Date.now();
  const source = readSource(file);
  if (!source.ok) return refuse(source.problems, []);
  const renewal = renewalOf(source.value, { id, until });
  if (!renewal.ok) return refuse(renewal.problems, [source.value]);
  const after = compilePolicy(renewal.value.source, { now });
  if (!after.ok) {
    refuse(after.problems, [renewal.value.source]);
    terminal.err(`${file}: nothing was written\n`);
    return;
  }
  if (renewal.value.source.text === source.value.text) {
    terminal.out(`${file}: \`${id}\` has \`until: ${until}\` already: nothing was written\n`);
    terminal.end(EXIT_CODES.done);
    return;
  }
  const failure = replaceFile(file, renewal.value.source.text);
  if (failure !== undefined) {
    terminal.err(`error: ${failure}\n`);
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const before = compilePolicy(source.value, { now });
  terminal.out(
    sayDone(renewal.value, { before: before.ok ? before.value.policy : undefined, after: after.value.policy, now }),
  );
  terminal.end(EXIT_CODES.done);
}

function sayDone(
  { source, line, before, index }: Renewal,
  policies: { before: Policy | undefined; after: Policy; now: number },
): string {
  const { timezone, partners } = policies.after;
  const until = partners[index]?.period.until ?? 0;
  const old = policies.before?.partners[index]?.period.until ?? until;
  // What lies behind us releases nothing, whenever it ended.
  const [was, is] = [Math.max(old, policies.now), Math.max(until, policies.now)];
  const meaning = is > was ? '; a widening: it needs its approval like any other' : is < was ? '; a narrowing' : '';
  const id = `\`${partners[index]?.id ?? ''}\``;
  const over = until <= policies.now ? `; that is over: ${id} receives nothing any more` : '';
  return `${source.file}:${line}: ${id} was until ${before}, now it ends at ${renderInstant(until, timezone)}${over}${meaning}\n`;
}
