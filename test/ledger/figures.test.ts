// What a set of cells comes to: never more people than there were requests, whatever the sketch says.
import { figuresOf } from '../../src/ledger/figures.js';
import { peopleOf } from '../../src/ledger/people.js';
import { DistinctSketch } from '../../src/sketch/distinct-sketch.js';
import { noteDistinct, REGISTERS } from '../../src/sketch/distinct.js';
import { KeyedHash } from '../../src/sketch/keyed-hash.js';

/** Of so many people, each once, in a sketch of 256 registers under a key of its own. */
const cellOf = (people: number, key: number) => {
  const hash = new KeyedHash(new Uint8Array(8).fill(key));
  const registers = new Uint8Array(REGISTERS);
  for (let n = 0; n < people; n += 1) {
    hash.of(`someone ${n}`);
    noteDistinct(registers, 0, hash.high, hash.low);
  }
  const subscribers = DistinctSketch.ofRegisters(registers).toBytes();
  return { epoch: 'e1', requests: people, first: 0, last: 1, subscribers, isWhole: true };
};
const CELLS = Array.from({ length: 40 }, (_, key) => cellOf(75, key));

test('of a request for each of them no sketch says more people than requests', () => {
  const beyond = CELLS.filter((cell) => (peopleOf([cell]).estimate ?? 0) > 75);
  expect(beyond.length).toBeGreaterThan(5);
  for (const cell of CELLS) {
    const { people, requests } = figuresOf([cell]);
    expect(requests).toEqual({ least: 75, most: 75 });
    expect([people.least, people.most, people.estimate ?? 0].every((count) => count <= 75)).toBe(true);
  }
});

test('where they asked more often the sketch is what is said', () => {
  for (const cell of CELLS) {
    const often = { ...cell, requests: 1000 };
    expect(figuresOf([often]).people).toEqual(peopleOf([often]));
  }
});
