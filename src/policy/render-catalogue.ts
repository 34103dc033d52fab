// The catalogue for people and programs: `headgate catalogue`. Shows what is built in, nothing of a policy.
import { keyOf } from '../names/key.js';
import { CATALOGUE } from './catalogue-data.js';
import { catalogueIdentityOf, catalogueLabel } from './catalogue.js';

export type CatalogueFormat = 'text' | 'json' | 'markdown';

interface Row {
  readonly header: string;
  readonly class: string;
  readonly grade: string;
  readonly action: string;
  readonly common: boolean;
  readonly seen: string;
}

/** Ends with a line feed; `json` is a list of objects with the columns of the table as keys. */
export function renderCatalogue(format: CatalogueFormat): string {
  const rows = CATALOGUE.map((entry): Row => {
    const action = catalogueIdentityOf(keyOf(entry.name ?? entry.prefix ?? ''))?.action ?? 'strip';
    return {
      header: catalogueLabel(entry),
      class: entry.class,
      grade: entry.grade,
      action,
      common: entry.common === true,
      seen: entry.seen,
    };
  });
  switch (format) {
    case 'json':
      return `${JSON.stringify(rows, null, 2)}\n`;
    case 'markdown':
      return [
        '| header | class | grade | action | common | seen |',
        '| --- | --- | --- | --- | --- | --- |',
        ...rows.map(
          (row) =>
            `| \`${row.header}\` | ${row.class} | ${row.grade} | ${row.action} | ${row.common ? 'yes' : ''} | ${row.seen} |`,
        ),
        '',
      ].join('\n');
    case 'text': {
      const table = [
        ['HEADER', 'CLASS', 'GRADE', 'ACTION', 'COMMON', 'SEEN'],
        ...rows.map((row) => [row.header, row.class, row.grade, row.action, row.common ? 'yes' : '-', row.seen]),
      ];
      const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
      return table
        .map((cells) => `${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
        .join('');
    }
    default:
      return format satisfies never;
  }
}
