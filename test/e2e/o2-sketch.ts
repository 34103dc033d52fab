// What a gateway's sketch under its own key must say of the people who are true: a count in a report is exactly that, never only near it. How
// near that is to the truth, and how often, is held of sketches themselves (test/ledger/people.test.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';
import { NUMBER, TRUSTED } from './canary-world.js';
import type { Crossing } from './crossings.js';
import type { O2World } from './o2-world.js';

export interface CountedAs {
  /** Registers of the sketch are 2 to the power of it. */
  readonly precision: 8 | 14;
  /** Whose a leak is only the address says, under a name that nobody knows with no known one beside it, and where the filter knows none. */
  readonly isLeak: boolean;
}

/** The estimate, a whole number and no more than there were requests; undefined: of somebody who did not come through the enricher. */
export type Sketched = (crossings: readonly Crossing[], as: CountedAs) => number | undefined;

/** Under the keys of the two gateways, each of which saw what was sent to it. After they started. */
export function sketchedBy({ gateway, broken }: Pick<O2World, 'gateway' | 'broken'>): Sketched {
  const [whole, other] = [gateway, broken].map(({ stateFolder }) => hashUnder(stateFolder));
  return (crossings, { precision, isLeak }) => {
    const sketch = new DistinctSketch(precision);
    for (const { sent } of crossings) {
      const hash = sent?.to === 'broken' ? other : whole;
      const isByAddress = isLeak && (sent?.day === 'alone' || sent?.to === 'broken');
      const text = sent === null ? undefined : isByAddress ? addressOf(sent.number) : sent.number;
      if (hash === undefined || text === undefined) return undefined;
      hash.of(text);
      sketch.note(hash.high, hash.low);
    }
    return Math.min(crossings.length, Math.round(sketch.estimate()));
  };
}

function hashUnder(stateFolder: string): KeyedHash {
  const text = readFileSync(join(stateFolder, 'ledger/epoch.json'), 'utf8');
  const { value } = JSON.parse(text) as { readonly value: { readonly key: string } };
  return new KeyedHash(Buffer.from(value.key, 'hex'));
}

/** As `o2-world.ts` gives them out: the first number is that of 127.1.0.1. */
function addressOf(number: string): string | undefined {
  if (number === NUMBER) return TRUSTED;
  const [, last] = /^447700900(\d{3})$/.exec(number) ?? [];
  return last === undefined ? undefined : `127.1.0.${String(Number(last) + 1)}`;
}
