// `headgate exposure`: everything that a policy permits, as a table. Contacts nobody.
import { Option } from 'commander';
import { exposureOf } from '../policy/exposure-table.js';
import { exposureJson, renderExposure, renderExposureMarkdown } from '../policy/render-exposure.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import { EXIT_CODES } from './exit-codes.js';
import { momentFor } from './moment.js';
import { readPolicyFor } from './policy-in-hand.js';
import type { Verb } from './terminal.js';

interface Options {
  readonly policy: string;
  readonly at?: string;
  readonly format: 'text' | 'json' | 'markdown';
}

export const exposureVerb: Verb = (program, terminal) => {
  program
    .command('exposure')
    .description('print everything that a policy permits from now on: who receives what, where, how and when')
    .requiredOption('--policy <file>', 'the policy')
    .option('--at <time>', 'a day or an instant; default: now')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices(['text', 'json', 'markdown']).default('text'),
    )
    .action((options: Options) => {
      const now = Date.now();
      const read = readPolicyFor(options.policy, now, terminal);
      if (read === undefined) return;
      const { policy, digest } = read.compiled;
      const { timezone } = policy;
      const at = momentFor(options.at, { timezone, now }, terminal);
      if (at === undefined) return;
      const exposure = exposureOf(rulesetOf(policy, digest), at);
      switch (options.format) {
        case 'text':
          terminal.out(renderExposure(exposure, { timezone }));
          break;
        case 'json':
          terminal.out(`${JSON.stringify(exposureJson(exposure, at), null, 2)}\n`);
          break;
        case 'markdown':
          terminal.out(renderExposureMarkdown(exposure, { timezone }));
          break;
        default:
          options.format satisfies never;
      }
      terminal.end(EXIT_CODES.done);
    });
};
