// `headgate explain`: what a request would carry, where it would go and why. Contacts nobody.
import { Option } from 'commander';
import type { Field } from '../http/message.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Ruleset } from '../policy/ruleset.js';
import { explain } from '../review/explain.js';
import { headersSpokenOf, sampleFields } from '../review/samples.js';
import { EXIT_CODES } from './exit-codes.js';
import { readPolicyAt } from './policy-in-hand.js';
import { renderExplanation } from './render-explanation.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly policy: string;
  readonly header: readonly string[];
  readonly listener: string;
  readonly at?: string;
  readonly untrusted?: boolean;
  readonly format: 'text' | 'json';
}

export const explainVerb: Verb = (program, terminal) => {
  program
    .command('explain')
    .description('say what a request would carry, where it would be sent and why, with the lines of the policy')
    .argument('<url>', 'as a subscriber asks for it: http://host/path')
    .requiredOption('--policy <file>', 'the policy')
    .option(
      '--header <name[=value]>',
      'a header that arrives, again for each; default: all that the policy speaks of',
      gather,
      [],
    )
    .option('--listener <name>', 'the listener that it arrives on', '')
    .option('--at <time>', 'a day or an instant; default: now')
    .option('--untrusted', 'it comes from a peer that the listener does not trust')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action((url: string, options: Options) => run(url, options, terminal));
};

function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function run(url: string, options: Options, terminal: Terminal): void {
  if (!/^https?:\/\//i.test(url)) {
    terminal.err(
      `error: \`${url}\` is no URL of http: it takes the scheme too, for example http://pay.bank.example/\n`,
    );
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const read = readPolicyAt(options, terminal);
  if (read === undefined) return;
  const { compiled, at } = read;
  const ruleset = rulesetOf(compiled.policy, compiled.digest);
  const explanation = explain(compiled, ruleset, {
    url,
    listener: options.listener,
    at,
    trusted: options.untrusted !== true,
    fields: fieldsOf(ruleset, options.header),
  });
  terminal.out(
    options.format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : renderExplanation(explanation),
  );
  terminal.end(EXIT_CODES.done);
}

function fieldsOf(ruleset: Ruleset, written: readonly string[]): readonly Field[] {
  if (written.length === 0) return sampleFields(ruleset, headersSpokenOf(ruleset.policy));
  const names = written.map((text) => text.split('=', 1)[0] ?? '');
  const samples = sampleFields(ruleset, names);
  return written.map((text, index): Field => {
    const name = names[index] ?? '';
    return { name, value: text === name ? (samples[index]?.value ?? '') : text.slice(name.length + 1) };
  });
}
