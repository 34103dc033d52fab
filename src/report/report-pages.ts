// The report as headings, sentences, tables and lists: what Markdown and HTML both are made of, so that neither can leave something out.
import { grouped } from './count.js';
import type { Count, Event, Field, Report, ReportRecipient, Said } from './report.js';

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'heading-below'; readonly text: string }
  | { readonly kind: 'said'; readonly items: readonly Said[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'lines'; readonly lines: readonly string[] }
  /** Every row has as many cells as there are heads; the last one is the source. */
  | { readonly kind: 'table'; readonly heads: readonly string[]; readonly rows: readonly (readonly string[])[] };

export interface Pages {
  readonly title: string;
  /** Whose, of when, made when. */
  readonly about: readonly string[];
  readonly summary: readonly Said[];
  readonly blocks: readonly Block[];
  readonly foot: string;
}

export function pagesOf(report: Report): Pages {
  const { from, until, scope, jurisdiction, made, version, notices } = report;
  return {
    title: 'Incident report: who received subscriber identity',
    about: [
      `From ${from} to ${until}, all times in UTC.`,
      ...(scope.length === 0 ? [] : [`Only ${scope.join(' and ')}.`]),
      `For ${jurisdiction === 'uk' ? 'the United Kingdom' : 'the European Union'}. Made ${made} by headgate ${version}.`,
    ],
    summary: report.summary,
    blocks: [
      ...clockBlocks(report),
      ...timelineBlocks(report),
      ...exposureBlocks(report),
      ...dataBlocks(report),
      ...recipientBlocks(report),
      ...leakBlocks(report),
      heading('Measures'),
      ...(report.measures.length === 0
        ? [text('The history of the period has none.')]
        : [table(['when', 'what'], report.measures, ({ at, text: what }) => [inTable(at), what])]),
      heading('Evidence'),
      { kind: 'said', items: report.evidence },
      heading('What is not known'),
      { kind: 'said', items: report.unknown },
      ...notices.flatMap(({ title, fields }): readonly Block[] => [
        heading(title),
        {
          kind: 'table',
          heads: ['asks', 'answer', 'for the officer', 'source'],
          rows: fields.map(fieldRow),
        },
      ]),
    ],
    foot: 'Whether what is told here was a breach, and whether it must be told to anyone, a person decides. Numbers of people and of what they did are not shown under 10.',
  };
}

function clockBlocks({ awareness, clocks }: Report): readonly Block[] {
  return [
    heading('Clocks'),
    { kind: 'said', items: [{ text: `${awareness.at ?? 'Unknown'}: ${awareness.text}`, source: awareness.source }] },
    table(['rule', 'whom', 'hours', 'due'], clocks, (clock) => [
      clock.rule,
      clock.whom,
      String(clock.hours),
      clock.text,
    ]),
  ];
}

function timelineBlocks({ timeline }: Report): readonly Block[] {
  if (timeline.length === 0) return [heading('Timeline'), text('Nothing is known of the period.')];
  return [heading('Timeline'), table(['when', 'what'], timeline, ({ at, text: what }: Event) => [inTable(at), what])];
}

function exposureBlocks({ exposure }: Report): readonly Block[] {
  return [
    heading('What was newly permitted'),
    ...(exposure.length === 0
      ? [text('No change of the period added anything, as far as the history tells.')]
      : exposure.flatMap(({ at, text: what, source, lines, before }): readonly Block[] => [
          { kind: 'said', items: [{ text: `${at}: ${what}`, source }] },
          ...(lines !== null
            ? [{ kind: 'lines', lines } as const]
            : [
                text(
                  before === null
                    ? 'It is the first that this gateway’s state knows: all that it permits began there.'
                    : 'What it added is not known: one of the two policies is not kept any more.',
                ),
              ]),
        ])),
  ];
}

function dataBlocks({ data, people, releases }: Report): readonly Block[] {
  return [
    heading('Data and people'),
    {
      kind: 'said',
      items: [
        { text: `Distinct subscribers: ${people.text}${boundOf(people)}`, source: people.source },
        { text: `Headers that left: ${releases.text}`, source: releases.source },
      ],
    },
    ...(data.length === 0
      ? []
      : [
          table(['header', 'form', 'carries', 'unintelligible', 'how', 'subscribers', 'headers'], data, (each) => [
            `\`${each.header}\``,
            each.form,
            each.carries,
            each.unintelligible,
            each.text,
            each.people.text,
            each.releases.text,
          ]),
        ]),
  ];
}

function recipientBlocks({ basis, recipients, others }: Report): readonly Block[] {
  const title = basis === 'added' ? 'Recipients through what was newly permitted' : 'Recipients';
  return [
    heading(title),
    ...(recipients.length === 0 ? [text('None that the ledger has.')] : [recipientTable(recipients)]),
    ...(others.length === 0
      ? []
      : [
          { kind: 'heading-below', text: 'Recipients of what was permitted before, too' } as const,
          text('They are in none of the figures above.'),
          recipientTable(others),
        ]),
  ];
}

function recipientTable(recipients: readonly ReportRecipient[]): Block {
  const heads = ['domain', 'partner', 'hosts', 'headers', 'subscribers', 'headers that left', 'first', 'last'];
  return table(heads, recipients, (each) => [
    `\`${each.domain}\``,
    each.partners.join(', '),
    each.hosts.map((host) => `\`${host}\``).join(', '),
    each.headers.join(', '),
    each.people.text,
    each.releases.text,
    inTable(each.first),
    inTable(each.last),
  ]);
}

function leakBlocks({ leaks, leakSums, left }: Report): readonly Block[] {
  const heads = ['domain', 'to', 'field', 'detector', 'outcome', 'subscribers', 'findings', 'first', 'last'];
  const sumHeads = ['field', 'detector', 'outcome', 'domains', 'subscribers', 'findings', 'first', 'last'];
  return [
    heading('Leaks'),
    ...(leaks.length === 0
      ? [text('The ledger has none.')]
      : [
          text(
            left === null
              ? 'Nothing of it is known to have left: contained is withheld before it leaves.'
              : 'What escaped or was only counted has left; contained is withheld before it leaves. The canary’s numbers are nobody’s.',
          ),
          table(sumHeads, leakSums, (each) => [
            `\`${each.field}\``,
            each.detector,
            each.outcome,
            grouped(each.domains),
            each.people.text,
            each.releases.text,
            inTable(each.first),
            inTable(each.last),
          ]),
          { kind: 'heading-below', text: 'Leaks by domain' } as const,
          table(heads, leaks, (each) => [
            `\`${each.domain}\``,
            each.partner ?? 'a stranger',
            `\`${each.field}\``,
            each.detector,
            each.outcome,
            each.people.text,
            each.releases.text,
            inTable(each.first),
            inTable(each.last),
          ]),
        ]),
  ];
}

function fieldRow({ asks, answer, forOfficer }: Field): readonly string[] {
  return [asks, answer?.text ?? '', forOfficer ?? '', answer?.source ?? 'none'];
}

function boundOf({ value, least, most }: Count): string {
  if (value === null || least === most) return '';
  return '. The bounds hold in 19 of 20 cases';
}

/** `2026-11-22 12:00:00`: the page says above that it is UTC, and a narrow column breaks between day and time. */
function inTable(instant: string): string {
  return instant.replace('T', ' ').replace('Z', '');
}

function heading(title: string): Block {
  return { kind: 'heading', text: title };
}

function text(words: string): Block {
  return { kind: 'text', text: words };
}

function table<T extends { readonly source: string }>(
  heads: readonly string[],
  items: readonly T[],
  cellsOf: (item: T) => readonly string[],
): Block {
  return { kind: 'table', heads: [...heads, 'source'], rows: items.map((item) => [...cellsOf(item), item.source]) };
}
