// The table of who received what. Pure: it takes sightings and gives lines; every value in it is masked.
import type { Sighting } from '../canary/sighting.js';
import { mask } from './subscriber.js';

export interface Received {
  readonly site: string;
  readonly is: string;
  readonly sighting: Sighting;
}

const COLUMNS: readonly (readonly [title: string, name: string])[] = [
  ['X-MSISDN', 'x-msisdn'],
  ['calling line', 'x-up-calling-line-id'],
  ['X-IMSI', 'x-imsi'],
  ['address', 'x-forwarded-for'],
];

const NOTHING = '-';

/** `KEYID.` and 43 characters is what a pseudonym looks like; it is no secret, but its end says as little as its middle. */
const shown = (value: string): string => (/^[\w-]+\.[\w-]{43}$/.test(value) ? `${value.slice(0, 11)}…` : mask(value));

const cellOf = (sighting: Sighting, name: string): string => {
  const values = sighting.fields
    .filter((field) => field.name.toLowerCase() === name)
    .map((field) => shown(field.value));
  return values.length === 0 ? NOTHING : values.join(', ');
};

/** Names of other fields that hold one of `values`; a leak, were there any. */
const elsewhereOf = (sighting: Sighting, values: readonly string[]): string => {
  const listed = new Set(COLUMNS.map(([, name]) => name));
  const names = sighting.fields
    .filter((field) => !listed.has(field.name.toLowerCase()) && values.some((value) => field.value.includes(value)))
    .map((field) => field.name);
  return names.length === 0 ? NOTHING : names.join(', ');
};

/** Columns padded to their widest cell, two spaces between, no space at a line's end; the first row is the title. */
export function alignRows(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const [title = [], ...rest] = rows;
  return [line(title), widths.map((width) => '─'.repeat(width)).join('  '), ...rest.map(line)];
}

/** `added`: what the network added to each of these requests, for the first row and for the column `elsewhere`. */
export function renderTable(
  received: readonly Received[],
  added: readonly (readonly [string, string])[],
): readonly string[] {
  const byName = new Map(added.map(([name, value]) => [name.toLowerCase(), value]));
  const values = [...new Set(byName.values())];
  return alignRows([
    ['site', 'what it is', ...COLUMNS.map(([title]) => title), 'elsewhere'],
    ['every request', 'as the network sends it', ...COLUMNS.map(([, name]) => shown(byName.get(name) ?? '')), NOTHING],
    ...received.map(({ site, is, sighting }) => [
      site,
      is,
      ...COLUMNS.map(([, name]) => cellOf(sighting, name)),
      elsewhereOf(sighting, values),
    ]),
  ]);
}
