// `headgate recipients`: who may receive subscriber identity, from the policy (the register, for the team or fit to publish), and with
// `--from` who did, from the ledger.
import { Option } from 'commander';
import { registerOf } from '../policy/register.js';
import { renderRegisterHtml } from '../policy/register-html.js';
import { renderRegisterMarkdown } from '../policy/register-markdown.js';
import { EXIT_CODES } from './exit-codes.js';
import { readPolicyAt } from './policy-in-hand.js';
import { printReceived, type ReceivedOptions } from './received.js';
import type { Terminal, Verb } from './terminal.js';

interface Options extends ReceivedOptions {
  readonly policy?: string;
  readonly publish?: boolean;
  readonly at?: string;
  readonly format?: 'markdown' | 'html' | 'text' | 'json';
}

export const recipientsVerb: Verb = (program, terminal) => {
  program
    .command('recipients')
    .description(
      'print who receives which header, for what and until when, from the policy; with `--from`, who did receive it, from the ledger',
    )
    .option('--policy <file>', 'the register: of this policy')
    .option('--publish', 'the register, for everyone: without contacts, contracts and what has ended')
    .option('--at <time>', 'the register at a day or an instant; default: now')
    .option('--from <time>', 'the ledger: from a day or an instant on')
    .option('--to <time>', 'to an instant, or a day, whole; default: now')
    .option('--config <file>', 'the settings file of the gateway')
    .option('--state <folder>', 'its state folder, in place of `--config`')
    .option('--timezone <zone>', 'of days that are given', 'UTC')
    .option('--partner <id>', 'this partner alone')
    .option('--host <host>', 'this host, or this registrable domain, alone')
    .option('--digest <digest>', 'what this policy released alone; its first characters are enough')
    .addOption(
      new Option('--format <format>', 'of the register `markdown` or `html`, of the ledger `text` or `json`').choices([
        'markdown',
        'html',
        'text',
        'json',
      ]),
    )
    .action((options: Options) => run(options, terminal));
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const { policy, from, format } = options;
  const refuse = (message: string): void => {
    terminal.err(`error: ${message}\n`);
    terminal.end(EXIT_CODES.usage);
  };
  if ((policy === undefined) === (from === undefined)) {
    return refuse('say who: either `--policy FILE` for who may receive identity, or `--from TIME` for who did');
  }
  if (policy === undefined) {
    if (format === 'markdown' || format === 'html') return refuse(`\`--format ${format}\` is of the register`);
    return printReceived(options, format === 'json', terminal);
  }
  if (format === 'text' || format === 'json') return refuse(`\`--format ${format}\` is of the ledger`);
  const read = readPolicyAt({ ...options, policy }, terminal);
  if (read === undefined) return;
  const { compiled, at } = read;
  const register = registerOf(compiled, { now: at, isPublic: options.publish === true });
  terminal.out(format === 'html' ? renderRegisterHtml(register) : renderRegisterMarkdown(register));
  terminal.end(EXIT_CODES.done);
}
