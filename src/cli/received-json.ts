// What `headgate recipients --from --format json` prints: times as text, few people as `null` with a word, everything named.
import type { Figures } from '../ledger/figures.js';
import type { LedgerReading } from '../ledger/ledger-reading.js';
import { FEW, type People, peopleWords } from '../ledger/people.js';
import type { Recipient } from '../ledger/recipients.js';

export function receivedJson(reading: LedgerReading, recipients: readonly Recipient[]): object {
  const { from, until, keptFrom, keptUntil, gaps, epochs } = reading;
  return {
    from: instantOf(from),
    until: instantOf(until),
    keptFrom: instantOf(keptFrom),
    keptUntil: instantOf(keptUntil),
    gaps: gaps.map((gap) => ({ ...gap, from: instantOf(gap.from), until: instantOf(gap.until) })),
    epochs: epochs.map(({ id, began, until: ends }) => ({ id, began: instantOf(began), until: instantOf(ends) })),
    recipients: recipients.map(({ domain, partners, hosts, listeners, digests, released, ...figures }) => ({
      domain,
      partners,
      hosts,
      listeners,
      digests,
      ...figuresJson(figures),
      released: released.map(({ header, form, ...each }) => ({ header, form, ...figuresJson(each) })),
    })),
  };
}

function figuresJson({ requests, people, first, last }: Figures): object {
  return { requests, subscribers: peopleJson(people), first: instantOf(first), last: instantOf(last) };
}

/** Fewer than 10 are told by that word alone. */
function peopleJson(people: People): object {
  const { least, most, estimate, error, epochs, isCut } = people;
  const text = peopleWords(people);
  const isFew = (count: number): boolean => count < FEW;
  return {
    text,
    least: isFew(least) ? null : least,
    most: isFew(most) ? null : most,
    estimate: estimate === null || isFew(estimate) ? null : estimate,
    error,
    epochs,
    isCut,
  };
}

function instantOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
