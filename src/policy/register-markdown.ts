// The register as Markdown: a table that a repository or a wiki shows. Nothing that a policy says can become markup.
import { markdownText as plain } from '../document/markup.js';
import type { Recipient, Register } from './register.js';

/** Ends with a line feed. */
export function renderRegisterMarkdown(register: Register): string {
  const isInternal = register.recipients.some(({ internal }) => internal !== null);
  const heads = ['partner', 'purpose', 'basis', 'country', 'hosts', 'headers', 'route', 'since', 'until', 'state'];
  const all = isInternal ? [...heads, 'owner', 'contract'] : heads;
  const denied = register.denied.map(
    ({ hosts, reason }) => `- ${hosts.map(code).join(', ')}${reason === null ? '' : `: ${plain(reason)}`}`,
  );
  return [
    '# Who receives subscriber identity',
    '',
    `As of ${register.asOf} (days in ${plain(register.timezone)}). Whoever is not listed receives none. Policy ${code(register.digest)}.`,
    '',
    ...(register.recipients.length === 0
      ? ['Nobody.']
      : [row(all), row(all.map(() => '---')), ...register.recipients.map((each) => row(cellsOf(each)))]),
    ...(denied.length === 0 ? [] : ['', 'Never, whatever is listed above:', '', ...denied]),
    '',
  ].join('\n');
}

function cellsOf(recipient: Recipient): readonly string[] {
  const { name, purpose, basis, country, hosts, headers, route, since, until, state, internal, own } = recipient;
  return [
    `${plain(name)}${own ? ' (our own)' : ''}`,
    plain(purpose),
    plain(basis ?? ''),
    plain(country ?? ''),
    hosts.map(code).join(', '),
    headers.map(({ header, form, carries }) => `${code(header)} ${form} (${carries})`).join(', '),
    route,
    since ?? 'always',
    until ?? '',
    state,
    ...(internal === null ? [] : [plain(internal.owner), plain(internal.contract ?? '')]),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Hosts, header names and digests have no back tick and no bar. */
function code(text: string): string {
  return `\`${text.replace(/[`|\s]/g, '')}\``;
}
