// Reading the descriptor limit, and what connections need of it.
import { connectionsCarriedBy, descriptorsFor, parseDescriptorLimit } from '../../src/control/descriptors.js';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             1                    2                    processes
Max open files            ${soft}                524288               files
`;

describe('descriptors', () => {
  test('the soft limit of open files is read; without a limit it is infinite; another text has none', () => {
    expect(parseDescriptorLimit(limits('1024'))).toBe(1024);
    expect(parseDescriptorLimit(limits('unlimited'))).toBe(Infinity);
    expect(parseDescriptorLimit('')).toBeNull();
  });

  test('two for each connection of a worker’s share, and 200', () => {
    expect(descriptorsFor(1000, 1)).toBe(2200);
    expect(descriptorsFor(1000, 3)).toBe(868);
  });

  test.each([
    [1024, 1],
    [1025, 1],
    [20_000, 4],
    [500, 7],
  ])(
    'what a limit of %i carries with %i workers fits into it, and one connection each more does not',
    (limit, workers) => {
      const connections = connectionsCarriedBy(limit, workers);
      expect(descriptorsFor(connections, workers)).toBeLessThanOrEqual(limit);
      expect(descriptorsFor(connections + workers, workers)).toBeGreaterThan(limit);
    },
  );

  test('a limit under the spare carries nothing', () => {
    expect(connectionsCarriedBy(150, 4)).toBe(0);
  });
});
