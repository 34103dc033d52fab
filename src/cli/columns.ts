// Rows of short texts as columns of a terminal. Texts of others are made one line before.
import { oneLine } from './shell-words.js';

/** The first row is the heading; numbers stand to the right. Lines ended by line feeds, without spaces at their ends. */
export function renderColumns(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => oneLine(String(cell))));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => typeof rows[1]?.[column] === 'number';
  return texts
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
