// `headgate exposure`: everything that a policy permits, as a table. Contacts nobody.
import { Option } from 'commander';
import { readConfiguration } from '../control/configuration.js';
import { renderProblems } from '../document/render.js';
import { exposureOf } from '../policy/exposure-table.js';
import { listenersIn } from '../policy/listener-text.js';
import type { Policy } from '../policy/policy.js';
import { exposureJson, renderExposure, renderExposureMarkdown } from '../policy/render-exposure.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import { EXIT_CODES } from './exit-codes.js';
import { momentFor } from './moment.js';
import { exitCodeOf } from './never-set.js';
import { readPolicyFor } from './policy-in-hand.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly policy?: string;
  readonly config?: string;
  readonly at?: string;
  readonly format: 'text' | 'json' | 'markdown';
}

export const exposureVerb: Verb = (program, terminal) => {
  program
    .command('exposure')
    .description('print everything that a policy permits from now on: who receives what, where, how and when')
    .option('--policy <file>', 'the policy')
    .option('--config <file>', 'settings instead: their policy and the gated settings')
    .option('--at <time>', 'a day or an instant; default: now')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json', 'markdown']).default('text'),
    )
    .action((options: Options) => {
      const now = Date.now();
      const read = subjectOf(options, now, terminal);
      if (read === undefined) return;
      const { policy, digest, gated } = read;
      const { timezone } = policy;
      const at = momentFor(options.at, { timezone, now }, terminal);
      if (at === undefined) return;
      const exposure = exposureOf(rulesetOf(policy, digest), at, gated);
      const listeners = listenersIn([gated]);
      const words = { timezone, ...(listeners === undefined ? {} : { listeners }) };
      switch (options.format) {
        case 'text':
          terminal.out(renderExposure(exposure, words));
          break;
        case 'json':
          terminal.out(`${JSON.stringify(exposureJson(exposure, at), null, 2)}\n`);
          break;
        case 'markdown':
          terminal.out(renderExposureMarkdown(exposure, words));
          break;
        default:
          options.format satisfies never;
      }
      terminal.end(EXIT_CODES.done);
    });
};

interface Subject {
  readonly policy: Policy;
  readonly digest: string;
  /** Absent without settings. */
  readonly gated?: GatedSettings;
}

/** Undefined after it has printed why and ended. */
function subjectOf({ policy, config }: Options, now: number, terminal: Terminal): Subject | undefined {
  if (policy !== undefined && config === undefined) return readPolicyFor(policy, now, terminal)?.compiled;
  if (config === undefined || policy !== undefined) {
    terminal.err('error: `headgate exposure` takes `--policy FILE` or `--config FILE`\n');
    terminal.end(EXIT_CODES.usage);
    return undefined;
  }
  const machine = { processors: 1, descriptors: null };
  const { outcome, sources } = readConfiguration(config, { now, machine, folder: process.cwd(), isElsewhere: true });
  // A file that cannot be read is not in the digest; what may not have been meant is `check`'s matter.
  const said = outcome.ok ? outcome.problems.filter(({ span }) => span === undefined) : outcome.problems;
  if (said.length > 0) terminal.err(renderProblems(said, sources));
  if (outcome.ok) return outcome.value.policy;
  terminal.end(exitCodeOf(outcome.problems));
  return undefined;
}
