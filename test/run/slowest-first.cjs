// The order of test files: those that take long first, so that none is left alone at the end. jest knows durations from the run before,
// which a fresh clone does not have.
const { statSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '../..');

/** Files of more than about 30 s on two cores, the slowest first. What is not named comes after, the biggest first. */
const SLOWEST = [
  'test/e2e/alerts.test.ts',
  'test/e2e/o2-day.test.ts',
  'test/wire/operation.test.ts',
  'test/fleet/redis-fleet.test.ts',
  'test/cli/ci-pipelines.test.ts',
  'test/wire/limits.test.ts',
  'test/e2e/novelty.test.ts',
  'test/e2e/fleet.test.ts',
  'test/e2e/packed.test.ts',
  'test/alerts/calm.test.ts',
  'test/e2e/day.test.ts',
  'test/alerts/rules.test.ts',
  'test/cli/serve.test.ts',
  'test/fuzz/differ.test.ts',
  'test/control/kill.test.ts',
  'test/e2e/gate/hot-settings.test.ts',
];

/** As jest asks for it; the list is there for the test of the list. */
module.exports = class SlowestFirst {
  static slowest = SLOWEST;

  sort(tests) {
    const rankOf = ({ path }) => {
      const at = SLOWEST.indexOf(relative(ROOT, path));
      return at < 0 ? SLOWEST.length : at;
    };
    const sizes = new Map(tests.map((each) => [each, statSync(each.path).size]));
    return [...tests].sort((a, b) => rankOf(a) - rankOf(b) || sizes.get(b) - sizes.get(a));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
};
