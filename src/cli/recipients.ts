// `headgate recipients`: the register of who receives subscriber identity, for the team or fit to publish.
import { Option } from 'commander';
import { registerOf } from '../policy/register.js';
import { renderRegisterHtml } from '../policy/register-html.js';
import { renderRegisterMarkdown } from '../policy/register-markdown.js';
import { EXIT_CODES } from './exit-codes.js';
import { readPolicyAt } from './policy-in-hand.js';
import type { Verb } from './terminal.js';

interface Options {
  readonly policy: string;
  readonly publish?: boolean;
  readonly at?: string;
  readonly format: 'markdown' | 'html';
}

export const recipientsVerb: Verb = (program, terminal) => {
  program
    .command('recipients')
    .description('print the register: who receives which header, for what, on which route, since and until when')
    .requiredOption('--policy <file>', 'the policy')
    .option('--publish', 'for everyone: without contacts, contracts and what has ended')
    .option('--at <time>', 'a day or an instant; default: now')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['markdown', 'html']).default('markdown'))
    .action((options: Options) => {
      const read = readPolicyAt(options, terminal);
      if (read === undefined) return;
      const { compiled, at } = read;
      const register = registerOf(compiled, { now: at, isPublic: options.publish === true });
      terminal.out(options.format === 'html' ? renderRegisterHtml(register) : renderRegisterMarkdown(register));
      terminal.end(EXIT_CODES.done);
    });
};
