// Who received subscriber identity in a period, one row a registrable domain: what `headgate recipients` prints and a report begins with.
import { type Figures, figuresOf } from './figures.js';
import { byPeople } from './people.js';
import type { ReleaseCell } from './ledger-cell.js';
import type { LedgerReading, Within } from './ledger-reading.js';

export interface Recipient extends Figures {
  readonly domain: string;
  readonly partners: readonly string[];
  /** As the policy has them. */
  readonly hosts: readonly string[];
  readonly listeners: readonly string[];
  readonly digests: readonly string[];
  /** Each header in each form, by header. */
  readonly released: readonly (Figures & { readonly header: string; readonly form: string })[];
}

/** The one with the most people first. */
export function recipientsOf({ releases }: Pick<LedgerReading, 'releases'>): readonly Recipient[] {
  return [...groupsOf(releases, ({ domain }) => domain)]
    .map(([domain, cells]) => ({
      domain,
      ...figuresOf(cells),
      partners: each(cells, 'partner'),
      hosts: each(cells, 'host'),
      listeners: each(cells, 'listener'),
      digests: each(cells, 'digest'),
      released: [...groupsOf(cells, ({ header, form }) => `${header}\n${form}`)]
        .map(([key, of]) => {
          const [header = '', form = ''] = key.split('\n');
          return { header, form, ...figuresOf(of) };
        })
        .sort((a, b) => compare(a.header, b.header) || compare(a.form, b.form)),
    }))
    .sort((a, b) => byPeople(a.people, b.people) || compare(a.domain, b.domain));
}

function each(cells: readonly ReleaseCell[], name: 'partner' | 'host' | 'listener' | 'digest'): readonly string[] {
  return [...new Set(cells.map((cell) => cell[name]))].sort(compare);
}

function groupsOf(
  cells: readonly Within<ReleaseCell>[],
  keyOf: (cell: ReleaseCell) => string,
): ReadonlyMap<string, readonly Within<ReleaseCell>[]> {
  const groups = new Map<string, Within<ReleaseCell>[]>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups;
}

/** By code unit: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
