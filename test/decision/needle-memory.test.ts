// What the memory of needles must never do: give one value what was made of another.
import { NeedleSet } from '../../src/decision/byte-needles.js';
import { NeedleMemory } from '../../src/decision/needle-memory.js';

const set = (): NeedleSet => new NeedleSet([], []);

function ask(memory: NeedleMemory, ...values: readonly (readonly [nameClass: number, value: string])[]): boolean {
  memory.begin();
  return values.every(([nameClass, value]) => {
    const bytes = Buffer.from(`..${value}..`, 'latin1');
    return memory.add(nameClass, bytes, 2, bytes.length - 2);
  });
}

describe('the memory of needles', () => {
  it('finds what was kept under the same values of the same names, and nothing for any other', () => {
    const memory = new NeedleMemory();
    const kept = set();
    ask(memory, [9, '447700900123'], [10, '001010000000001']);
    memory.keep(kept);
    ask(memory, [9, '447700900123'], [10, '001010000000001']);
    expect(memory.find()).toBe(kept);
    for (const others of [
      [[9, '447700900124'] as const, [10, '001010000000001'] as const],
      [[8, '447700900123'] as const, [10, '001010000000001'] as const],
      [[9, '447700900123'] as const],
      [[9, '447700900123001010000000001'] as const],
      [[10, '001010000000001'] as const, [9, '447700900123'] as const],
    ]) {
      ask(memory, ...others);
      expect(memory.find()).toBeUndefined();
    }
  });

  it('of many values each finds its own or nothing', () => {
    const memory = new NeedleMemory();
    const sets = new Map<string, NeedleSet>();
    const values = Array.from({ length: 20_000 }, (_, i) => `value ${String(i)}`);
    for (const value of values) {
      ask(memory, [9, value]);
      const made = set();
      memory.keep(made);
      sets.set(value, made);
    }
    let found = 0;
    for (const value of values) {
      ask(memory, [9, value]);
      const kept = memory.find();
      if (kept === undefined) continue;
      found += 1;
      expect(kept).toBe(sets.get(value));
    }
    expect(found).toBeGreaterThan(2000);
    expect(found).toBeLessThanOrEqual(4096);
  });

  it('keeps nothing of values that are too long', () => {
    const memory = new NeedleMemory();
    expect(ask(memory, [9, 'x'.repeat(1021)])).toBe(false);
    expect(ask(memory, [9, 'x'.repeat(1020)])).toBe(true);
  });
});
