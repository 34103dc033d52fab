// Which of the 150 hostile rows have a case, read from the case files themselves, and which part of a row has none and why.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), 'test/wire');

/** Rows without any case. */
const UNASKED: Readonly<Record<number, string>> = {
  99: 'intercepting connections to other addresses is not built: we connect to our own resolution of Host (rows 100 and 101)',
};

/** Rows of which a part has no case. */
const PARTLY: Readonly<Record<number, string>> = {
  131: '500 alternations; 10,000 with HEADGATE_WIRE_FULL=1',
  134: 'the file is read again on SIGHUP; watching its folder is not built',
  139: '20 aborts at each of 6 stages; 200 with HEADGATE_WIRE_FULL=1',
  141: '500 idle connections; 5,000 with HEADGATE_WIRE_FULL=1, where the usual descriptor limit ends',
  143: 'no mode blocks what is the subscriber’s own: it is counted and left',
  144: 'the last nine digits alone are no needle: eight digits or more must differ only by 0, 00 or the country code',
  149: '64 MiB each way; 1 GiB with HEADGATE_WIRE_FULL=1',
};

/** Numbers in case titles (`row 12: ...`, `rows 96 and 97: ...`, `(row 136)`) and in tables (`row: 12`, `spelt(12, ...)`). */
function rowsAsked(): ReadonlySet<number> {
  const files = ['.', 'rows']
    .flatMap((folder) => readdirSync(join(FOLDER, folder)).map((file) => join(FOLDER, folder, file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('rows-asked.test.ts'));
  const asked = new Set<number>();
  const patterns = [
    /\brows? (\d+)(?: and (\d+))?[:)]/g,
    /\brow: (\d+),/g,
    /\b[a-z][A-Za-z]*\(\s*(\d+),\s*['"`]/g,
    /\b(?:asked|carried|framed|cut|bad|plain)\(\s*(\d+),/g,
    /=>\s+[a-z][A-Za-z]*\((\d+), /g,
  ];
  for (const file of files) {
    // Comments say which rows a file is about, not that they are asked.
    const text = readFileSync(file, 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
    for (const pattern of patterns) {
      for (const [, first, second] of text.matchAll(pattern)) {
        for (const number of [first, second]) if (number !== undefined) asked.add(Number(number));
      }
    }
  }
  return asked;
}

it('every hostile row has a case, or stands here with the reason why it has none', () => {
  const asked = rowsAsked();
  const missing = Array.from({ length: 150 }, (_, i) => i + 1).filter(
    (row) => !asked.has(row) && UNASKED[row] === undefined,
  );
  expect(missing).toEqual([]);
});

it('a row that stands here as unasked has no case, and one that is partly asked has one', () => {
  const asked = rowsAsked();
  expect(
    Object.keys(UNASKED)
      .map(Number)
      .filter((row) => asked.has(row)),
  ).toEqual([]);
  expect(
    Object.keys(PARTLY)
      .map(Number)
      .filter((row) => !asked.has(row)),
  ).toEqual([]);
});
