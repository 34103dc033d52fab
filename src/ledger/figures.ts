// What a set of cells comes to: requests, people, from when to when. A cell that lies only partly within the period makes an interval.
import type { Tallied } from './ledger-cell.js';
import type { Within } from './ledger-reading.js';
import { type People, peopleOf } from './people.js';

export interface Figures {
  /** Exact where `least` is `most`, but for the gaps. */
  readonly requests: { readonly least: number; readonly most: number };
  readonly people: People;
  /** Milliseconds since the epoch; null: no cell. */
  readonly first: number | null;
  readonly last: number | null;
}

/** A request is one person's, so a sketch that says more is beyond what it can be. */
function noMoreThan(requests: number, people: People): People {
  const { least, most, estimate } = people;
  return {
    ...people,
    least: Math.min(least, requests),
    most: Math.min(most, requests),
    estimate: estimate === null ? null : Math.min(estimate, requests),
  };
}

export function figuresOf(cells: readonly Within<Tallied & { readonly epoch: string }>[]): Figures {
  let least = 0;
  let most = 0;
  let first = Infinity;
  let last = -Infinity;
  for (const cell of cells) {
    most += cell.requests;
    if (cell.isWhole) least += cell.requests;
    first = Math.min(first, cell.first);
    last = Math.max(last, cell.last);
  }
  const isEmpty = cells.length === 0;
  return {
    requests: { least, most },
    people: noMoreThan(most, peopleOf(cells)),
    first: isEmpty ? null : first,
    last: isEmpty ? null : last,
  };
}
