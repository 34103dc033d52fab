// A comparison as Markdown, for a comment on a change request: the direction first, then a table of who gains what and one of who loses.
import type { Diff } from './diff.js';
import type { HeaderMember } from './header-members.js';
import { detailsOf, groupsOf, labelOf, linesOf, sentenceOf, summaryOf, type DiffWords } from './render-diff.js';

/** Ends with a line feed. Text of the policies stands only in code spans and cannot end them. */
export function renderDiffMarkdown(diff: Diff, words: DiffWords): string {
  const rows = [
    ...groupsOf(diff.releases).map((group) => ({
      label: labelOf(group.first.direction),
      what: sentenceOf(group, words),
      details: [...detailsOf(group.first, words), ...linesOf(group.changes.map((change) => words.causesOf(change)))],
    })),
    ...diff.settings.map((change) => ({
      label: labelOf(change.direction),
      what: change.message,
      details: linesOf([words.causesOf(change)]),
    })),
  ];
  const table = (label: string, title: string): readonly string[] => {
    const chosen = rows.filter((row) => row.label === label);
    if (chosen.length === 0) return [];
    return [
      '',
      `**${title}**`,
      '',
      '| what | details |',
      '| --- | --- |',
      ...chosen.map(
        ({ what, details }) => `| ${cell(what)} | ${details.map((text) => cell(text.trim())).join('<br>')} |`,
      ),
    ];
  };
  return `${[
    `### Exposure: ${summaryOf(diff)}`,
    ...table('widening', 'Who would receive more'),
    ...table('narrowing', 'Who would receive less'),
    ...legendOf(diff),
  ].join('\n')}\n`;
}

/** Whoever approves reads no manual first: members that are no header's name, each once. */
function legendOf({ releases }: Diff): readonly string[] {
  const labels = new Map(releases.map(({ member }) => [member.kind, member.label]));
  return Object.entries(MEANINGS).flatMap(([kind, meaning]) => {
    const label = labels.get(kind as keyof typeof MEANINGS);
    return label === undefined ? [] : ['', `\`${label}\`: ${meaning}`];
  });
}

const MEANINGS = {
  value: 'a header that nobody knows, holding a value that an identity header of the same request holds',
  number: 'a header that nobody knows, holding a number of our ranges',
  hint: 'a header that nobody knows, whose name sounds like identity',
  novel: 'a header that nobody knows and that begins to arrive with most requests',
  accepted: 'this header, which nobody knew, though it begins to arrive with most requests',
} as const satisfies Partial<Record<HeaderMember['kind'], string>>;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
