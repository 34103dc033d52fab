// Tests run from source: swc turns TypeScript to CommonJS, so a test needs no build of its own files.
/** @type {import('jest').Config} */
const shared = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** What holds the gateway to a second under load; `make test` runs them when all others have ended. */
const ALONE = ['load', 'lockdown'].map((name) => `<rootDir>/test/e2e/gate/${name}.test.ts`);

// `unit` needs nothing but the source, `chart` Go. `wire` and `e2e` start the built product (dist/) and other programs.
module.exports = {
  // A minute, in milliseconds: a slow machine is no defect. What must be quick is a benchmark (test/bench).
  testTimeout: 60_000,
  testSequencer: `${__dirname}/test/run/slowest-first.cjs`,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/(wire|e2e|bench|chart)/', '<rootDir>/test/written'],
    },
    { ...shared, displayName: 'chart', testMatch: ['<rootDir>/test/chart/**/*.test.ts'] },
    { ...shared, displayName: 'wire', testMatch: ['<rootDir>/test/wire/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', ...ALONE],
    },
    { ...shared, displayName: 'alone', testMatch: ALONE },
  ],
};
