// An explanation for people: the answer first, then why, each reason with its line.
import type { Span } from '../document/problem.js';
import type { Explanation } from '../review/explain.js';
import type { HeaderAnswer } from '../review/header-answer.js';

/** Ends with a line feed. */
export function renderExplanation(explanation: Explanation): string {
  const { url, listener, at, trusted } = explanation;
  const lines = [
    `${url}`,
    `  asked at ${at}, ${listener === '' ? 'no listener named' : `on listener \`${listener}\``}, by a peer that is ${trusted ? 'trusted' : 'not trusted'}`,
    ...destinationOf(explanation),
    ...headersOf(explanation.headers),
    ...missesOf(explanation),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function destinationOf({ refusal, route, partner, authority, misses }: Explanation): readonly string[] {
  if (refusal !== null)
    return [`  refused with ${refusal.status}: ${refusal.meaning} [${refusal.code}]; nobody is contacted`];
  if (route === null) return [];
  if (route.transport === 'tunnel') {
    return [
      `  tunnelled to ${authority ?? ''}: what is inside is encrypted, no header in it is seen or added`,
      '  explain `http://` to see what a plain request would carry',
    ];
  }
  const sent = route.transport === 'tls' ? `over TLS to port ${route.port}` : `over plain http to port ${route.port}`;
  if (partner === null) {
    const why = isCovered(misses) ? 'a partner’s host, to which nothing is released here' : 'no partner’s host';
    return [`  to a stranger: ${why}`, `  sent ${sent}`];
  }
  const period = `${partner.from === null ? '' : `from ${partner.from} `}until ${partner.until ?? 'for good'}`;
  return [
    `  to partner \`${partner.id}\`: ${partner.name}, ${partner.purpose}`,
    `  because of \`${partner.pattern}\`${placeOf(partner.span)}`,
    `  holds ${period}`,
    `  sent ${sent}`,
  ];
}

function headersOf(headers: readonly HeaderAnswer[]): readonly string[] {
  if (headers.length === 0) return [];
  const name = Math.max(...headers.map(({ header }) => header.length));
  const fate = Math.max(...headers.map((each) => each.fate.length));
  return [
    '',
    ...headers.map(
      ({ header, fate: what, leavesAs, why, span }) =>
        `  ${header.padEnd(name)}  ${what.padEnd(fate)}  ${why}${leavesAs === null || leavesAs === header ? '' : `, as \`${leavesAs}\``}${placeOf(span)}`,
    ),
  ];
}

function missesOf({ misses, moreMisses }: Explanation): readonly string[] {
  if (misses.length === 0) return [];
  return [
    '',
    isCovered(misses) ? '  what is missed:' : '  near a partner:',
    ...misses.map(({ message, partner, span }) => `  - ${message} (\`${partner}\`)${placeOf(span)}`),
    ...(moreMisses === 0 ? [] : [`  - and ${moreMisses} more`]),
  ];
}

/** Whether a pattern covers the host, and something else is missed. */
function isCovered(misses: Explanation['misses']): boolean {
  return misses.some(({ kind }) => kind === 'port' || kind === 'listener' || kind === 'period' || kind === 'denied');
}

function placeOf(span: Span | undefined): string {
  return span === undefined ? '' : `  ${span.file}:${span.line}:${span.column}`;
}

/** What a terminal would act upon is shown as U+FFFD. */
function printable(line: string): string {
  return line.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');
}
