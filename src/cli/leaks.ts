// `headgate leaks`: where identity was found in fields that nobody knows as such, as the running gateway counted it. Changes nothing.
import { Option } from 'commander';
import type { LeaksAnswer } from '../control/admin-actions.js';
import { parseDuration } from '../document/units.js';
import { renderColumns } from './columns.js';
import { EXIT_CODES } from './exit-codes.js';
import { lookAt } from './running-gateway.js';
import { oneLine } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly since: string;
  readonly format: 'text' | 'json';
  readonly tokenFile?: string;
}

const MOST_MS = 86_400_000;

export const leaksVerb: Verb = (program, terminal) => {
  program
    .command('leaks')
    .description('say where identity was found: domains, field names, detectors, how many subscribers, first and last')
    .requiredOption('--config <file>', 'the settings file of the gateway')
    .option('--since <duration>', 'how far back, at most a day', '15m')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--token-file <file>', 'a token of the role `read`; default: the one that the settings name')
    .action((options: Options) => run(options, terminal));
};

async function run({ since, format, ...place }: Options, terminal: Terminal): Promise<void> {
  const sinceMs = parseDuration(since);
  if (sinceMs === undefined || sinceMs < 1000 || sinceMs > MOST_MS) {
    terminal.err(
      `error: \`--since ${oneLine(since)}\` is no duration from a second to a day: it takes a number with a unit, such as \`15m\`\n`,
    );
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const path = `/v1/leaks?seconds=${Math.ceil(sinceMs / 1000)}`;
  const body = await lookAt({ ...place, path, what: 'the leaks' }, terminal);
  if (body === undefined) return;
  const answer = body as LeaksAnswer;
  terminal.out(format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : render(answer));
  terminal.end(EXIT_CODES.done);
}

const instant = (text: string): string => text.replace(/\.\d{3}Z$/, 'Z');

function render({ since, wholeSince, proven, leaks, more }: LeaksAnswer): string {
  const lines = proven.map(
    ({ field, subscribers, domains }) =>
      `NETWORK: \`${oneLine(field)}\` carried identity of ${subscribers} subscribers to ${domains} domains within 5 minutes: the network itself sends it\n`,
  );
  const count = leaks.length + more;
  lines.push(
    count === 0
      ? `no leak since ${instant(since)}\n`
      : `${count} ${count === 1 ? 'kind' : 'kinds'} of leak since ${instant(since)}\n`,
  );
  if (Date.parse(wholeSince) > Date.parse(since)) lines.push(`what was before ${instant(wholeSince)} is not known\n`);
  if (count === 0) return lines.join('');
  const heading = ['domain', 'field', 'detector', 'outcome', 'subscribers', 'leaks', 'first', 'last', 'to', 'listener'];
  const rows = leaks.map((leak) => [
    leak.domain,
    leak.field,
    leak.detector,
    leak.outcome,
    leak.subscribers,
    leak.leaks,
    instant(leak.first),
    instant(leak.last),
    leak.partner ?? 'stranger',
    leak.listener,
  ]);
  lines.push('\n', renderColumns([heading, ...rows]));
  if (more > 0) lines.push(`and ${more} more\n`);
  return lines.join('');
}
