// The exposure of a policy as a table, for people and as Markdown, and as plain data.
import { diffJson } from './diff-json.js';
import type { Exposure } from './exposure-table.js';
import { detailsOf, groupsOf, placesOf, routeOf, type ChangeGroup, type DiffWords } from './render-diff.js';

type ExposureWords = Pick<DiffWords, 'timezone' | 'listeners'>;

const COLUMNS = ['who', 'receives', 'on', 'sent', 'when'] as const;
const SETTING_COLUMNS = ['setting', 'value'] as const;
const MOST_PLACES = 1000;

/** A table in plain text; the size and the digest stand below it. Ends with a line feed. */
export function renderExposure(exposure: Exposure, words: ExposureWords): string {
  const table = alignedRows([[...COLUMNS], ...rowsOf(exposure, words)]);
  const settings = alignedRows([[...SETTING_COLUMNS], ...settingRows(exposure)]);
  return `${[...table, '', ...settings, '', sizeOf(exposure), `digest ${exposure.digest}`].join('\n')}\n`;
}

function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Lists have one member after the other; an empty one is `none`. */
function settingRows({ settings }: Exposure): readonly (readonly string[])[] {
  return Object.entries(settings).map(([path, value]) => [
    path,
    typeof value === 'object' ? value.join(', ') || 'none' : String(value),
  ]);
}

export function renderExposureMarkdown(exposure: Exposure, words: ExposureWords): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[
    line(COLUMNS),
    line(COLUMNS.map(() => '---')),
    ...rowsOf(exposure, words).map(line),
    '',
    line(SETTING_COLUMNS),
    line(SETTING_COLUMNS.map(() => '---')),
    ...settingRows(exposure).map(line),
    '',
    `${sizeOf(exposure)}. Digest \`${exposure.digest}\`.`,
  ].join('\n')}\n`;
}

/** JSON-safe: `digest`, `size`, `settings` by path, and `releases` as in a comparison, without its `before`. */
export function exposureJson(exposure: Exposure, now: number): Readonly<Record<string, unknown>> {
  const { releases, size, settings, digest } = exposure;
  const none = { old: [], new: [] };
  const diff = diffJson(
    { direction: 'widening', releases, settings: [], now, digests: { old: digest, new: digest } },
    { timezone: 'UTC', causesOf: () => none },
  );
  const kept = (diff['releases'] as readonly Record<string, unknown>[]).map(
    ({ before: _before, direction: _direction, lines: _lines, after, ...rest }) => ({ ...rest, permitted: after }),
  );
  return { digest, from: new Date(now).toISOString(), size, settings, releases: kept };
}

function rowsOf({ releases }: Exposure, words: ExposureWords): readonly (readonly string[])[] {
  return groupsOf(releases).map((group) => rowOf(group, words));
}

function rowOf({ first, changes }: ChangeGroup, words: ExposureWords): readonly string[] {
  const headers = changes.map(({ member, after }) => {
    const keys = after.keys.map((key) => key.split('/').at(-1) ?? '').join(' and ');
    return `${member.label} (${after.form}${keys === '' ? '' : ` with ${keys}`})`;
  });
  const [, when = ''] = detailsOf(first, words);
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
