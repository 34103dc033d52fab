// `headgate headers`: the header names in no list that the running gateway sees, and what they do; below it `accept`, which prints the
// line of the policy that says what one is. Changes nothing: the gate does, once the line is in the policy.
import { Option } from 'commander';
import type { HeadersAnswer, ListedName } from '../control/admin-actions.js';
import { keyOf } from '../names/key.js';
import { catalogueIdentityOf } from '../policy/catalogue.js';
import { POLICY_SCHEMA } from '../policy/schema.js';
import { renderColumns } from './columns.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { lookAt } from './running-gateway.js';
import { oneLine } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

interface Place {
  readonly config: string;
  readonly tokenFile?: string;
}

interface Options extends Place {
  readonly format: 'text' | 'json';
}

interface Line {
  readonly reason: string;
  readonly owner: string;
  readonly until?: string;
}

const YEAR_MS = 365 * 86_400_000;
const TOKEN = ['--token-file <file>', 'a token of the role `read`; default: the one that the settings name'] as const;

export const headersVerb: Verb = (program, terminal) => {
  const headers = program
    .command('headers')
    .description(
      'list the header names in no list that the gateway sees, by listener: share, hosts, subscribers, values, state',
    )
    .requiredOption('--config <file>', 'the settings file of the gateway')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option(...TOKEN)
    .action((options: Options) => list(options, terminal));
  headers
    .command('accept')
    .description('print the line of the policy that ends the quarantine of a name; changes nothing')
    .argument('<name>', 'the header')
    .requiredOption('--reason <text>', 'why it may be forwarded to everyone')
    .requiredOption('--owner <address>', 'who answers for it')
    .option('--until <day>', 'the last day, whole; default: in a year')
    .action((name: string, line: Line) => accept(name, line, headers.opts<Place>(), terminal));
};

async function list({ format, ...place }: Options, terminal: Terminal): Promise<void> {
  const body = await lookAt({ ...place, path: '/v1/headers', what: 'the headers' }, terminal);
  if (body === undefined) return;
  const answer = body as HeadersAnswer;
  terminal.out(
    format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : answer.listeners.map(render(answer)).join('\n'),
  );
  terminal.end(EXIT_CODES.done);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const instant = (text: string | null): string => text?.replace(/\.\d{3}Z$/, 'Z') ?? '-';

function render({ novelty }: HeadersAnswer): (listener: HeadersAnswer['listeners'][number]) => string {
  return ({ listener, requests, learningUntil, usual, names, more }) => {
    const does = learningUntil === null ? novelty : `learns until ${instant(learningUntil)}, nothing is quarantined`;
    const head =
      `listener ${oneLine(listener)}: ${requests} requests in the last minute; novelty: ${does}\n` +
      `usual names: ${sourceOf(usual)}\n`;
    if (names.length === 0) return `${head}no header name in no list\n`;
    const heading = ['name', 'state', 'share', 'requests', 'hosts', 'subscribers', 'values', 'first seen'];
    const rows = names.map((name) => [
      name.name,
      name.state,
      percent(name.share),
      name.requests,
      name.hosts,
      name.subscribers,
      name.values,
      instant(name.first),
    ]);
    return `${head}${renderColumns([heading, ...rows])}${more > 0 ? `and ${more} more\n` : ''}`;
  };
}

function sourceOf({ from, at }: HeadersAnswer['listeners'][number]['usual']): string {
  switch (from) {
    case 'learning':
      return at === null ? 'none yet: it learns from its first request on' : `none yet: it learns since ${instant(at)}`;
    case 'own':
      return at === null ? 'its own' : `its own, learned by ${instant(at)}`;
    case 'fleet':
      return `of the fleet, taken ${instant(at)}, until its own week is over`;
    case 'lost':
      return 'none: the state was lost';
    default:
      return from satisfies never;
  }
}

async function accept(name: string, line: Line, place: Place, terminal: Terminal): Promise<void> {
  const fail = (code: ExitCode, message: string): void => {
    terminal.err(`error: ${message}\n`);
    terminal.end(code);
  };
  const until = line.until ?? new Date(Date.now() + YEAR_MS).toISOString().slice(0, 10);
  const watch = { name, reason: line.reason, owner: line.owner, until };
  const shape = POLICY_SCHEMA.safeParse({ version: 1, identity: { watch: [watch] } });
  if (!shape.success) {
    const [issue] = shape.error.issues;
    return fail(EXIT_CODES.usage, `\`${oneLine(String(issue?.path.at(-1) ?? name))}\`: ${issue?.message ?? 'no line'}`);
  }
  const key = keyOf(name);
  const known = catalogueIdentityOf(key);
  if (known !== undefined) {
    return fail(
      EXIT_CODES.failed,
      `\`${name}\` is identity, in the catalogue as \`${known.label}\`: it is in no quarantine`,
    );
  }
  const body = await lookAt({ ...place, path: '/v1/headers', what: 'the headers' }, terminal);
  if (body === undefined) return;
  const seen = (body as HeadersAnswer).listeners.flatMap(({ listener, names }) =>
    names.flatMap((each) => (each.name === key ? [{ listener, ...each }] : [])),
  );
  if (seen.some(({ state }) => state === 'policy')) {
    return fail(EXIT_CODES.failed, `the policy in force has a line on \`${name}\` already`);
  }
  // YAML reads `123`, `null` and `on` as something else; nothing that begins with a word and a hyphen.
  const text = /^[A-Za-z][\w.]*-/.test(name) ? name : JSON.stringify(name);
  terminal.out(
    [
      ...(seen.length === 0 ? ['# not seen in the last minute, and in no quarantine'] : seen.map(remark)),
      '# With this line it is forwarded to everyone: a widening, to be approved. Where our own network sends it, it is identity and',
      `# belongs under identity.headers instead: - { name: ${text}, carries: token }`,
      'identity:',
      '  watch:',
      `    - { name: ${text}, reason: ${JSON.stringify(watch.reason)}, owner: ${JSON.stringify(watch.owner)}, until: ${until} }`,
      '',
    ].join('\n'),
  );
  terminal.end(EXIT_CODES.done);
}

function remark({
  listener,
  state,
  share,
  hosts,
  subscribers,
  values,
}: ListedName & { readonly listener: string }): string {
  return `# listener ${oneLine(listener)}: ${state}, ${percent(share)} of the requests, ${hosts} hosts, ${subscribers} subscribers, ${values} values`;
}
