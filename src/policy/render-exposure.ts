// The exposure of a policy as a table, for people and as Markdown, and as plain data.
import { diffJson } from './diff-json.js';
import type { Exposure } from './exposure-table.js';
import { detailsOf, groupsOf, placesOf, routeOf, type ChangeGroup, type DiffWords } from './render-diff.js';

type ExposureWords = Pick<DiffWords, 'timezone'>;

const COLUMNS = ['who', 'receives', 'on', 'sent', 'when'] as const;
const MOST_PLACES = 1000;

/** A table in plain text; the size and the digest stand below it. Ends with a line feed. */
export function renderExposure(exposure: Exposure, words: ExposureWords): string {
  const rows = [[...COLUMNS], ...rowsOf(exposure, words)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${[...table, '', sizeOf(exposure), `digest ${exposure.digest}`].join('\n')}\n`;
}

export function renderExposureMarkdown(exposure: Exposure, words: ExposureWords): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[
    line(COLUMNS),
    line(COLUMNS.map(() => '---')),
    ...rowsOf(exposure, words).map(line),
    '',
    `${sizeOf(exposure)}. Digest \`${exposure.digest}\`.`,
  ].join('\n')}\n`;
}

/** JSON-safe: `digest`, `size`, and `releases` as in a comparison, without its `before`. */
export function exposureJson(exposure: Exposure, now: number): Readonly<Record<string, unknown>> {
  const { releases, size, digest } = exposure;
  const none = { old: [], new: [] };
  const diff = diffJson(
    { direction: 'widening', releases, settings: [], now, digests: { old: digest, new: digest } },
    { timezone: 'UTC', causesOf: () => none },
  );
  const kept = (diff['releases'] as readonly Record<string, unknown>[]).map(
    ({ before: _before, direction: _direction, lines: _lines, after, ...rest }) => ({ ...rest, permitted: after }),
  );
  return { digest, from: new Date(now).toISOString(), size, releases: kept };
}

function rowsOf({ releases }: Exposure, words: ExposureWords): readonly (readonly string[])[] {
  return groupsOf(releases).map((group) => rowOf(group, words));
}

function rowOf({ first, changes }: ChangeGroup, { timezone }: ExposureWords): readonly string[] {
  const headers = changes.map(({ member, after }) => {
    const keys = after.keys.map((key) => key.split('/').at(-1) ?? '').join(' and ');
    return `${member.label} (${after.form}${keys === '' ? '' : ` with ${keys}`})`;
  });
  const [, when = ''] = detailsOf(first, { timezone, causesOf: () => ({ old: [], new: [] }) });
  return [
    first.after.partner ?? 'everyone',
    headers.join(', '),
    placesOf(first.regions, MOST_PLACES).replaceAll('`', ''),
    first.after.partner === null ? 'as asked' : routeOf(first.witness.route).replace(/^over /, ''),
    when.trim().replaceAll('`', ''),
  ];
}

function sizeOf({ size: { hosts, subtrees, isUnbounded } }: Exposure): string {
  const counts = `${hosts} ${hosts === 1 ? 'host' : 'hosts'}, ${subtrees} ${subtrees === 1 ? 'subtree' : 'subtrees'}`;
  return isUnbounded ? `${counts}, and something for every host: unbounded` : counts;
}
