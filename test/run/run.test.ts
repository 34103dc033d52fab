// The runner's own rules: what it counts, what it names, when it fails. It is a program, so it is asked as one.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Runs a piece of ES module text in the repository's root. */
const evaluate = (text: string, env: Readonly<Record<string, string>> = {}) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', text], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { stdout, stderr, status };
};

const REPORT = {
  testResults: [
    {
      name: resolve(root, 'test/a.test.ts'),
      status: 'failed',
      message: 'ignored: its test says it',
      assertionResults: [
        { status: 'passed', fullName: 'one', failureMessages: [] },
        { status: 'failed', fullName: 'two', failureMessages: ['\u001b[31mexpected 1\u001b[39m'] },
        { status: 'pending', fullName: '[needs haproxy] three', failureMessages: [] },
        { status: 'todo', fullName: 'four', failureMessages: [] },
      ],
    },
    { name: resolve(root, 'test/b.test.ts'), status: 'failed', message: 'cannot find module', assertionResults: [] },
  ],
};

test('jest’s report becomes counts, failures with messages, and skips with names', () => {
  const { stdout } = evaluate(
    `import { resultOf } from './test/run/jest-project.mjs'; console.log(JSON.stringify(resultOf(${JSON.stringify(REPORT)})))`,
  );
  expect(JSON.parse(stdout)).toEqual({
    passed: 1,
    failed: [
      { name: 'test/a.test.ts: two', message: 'expected 1' },
      { name: 'test/b.test.ts', message: 'cannot find module' },
    ],
    skipped: ['test/a.test.ts: [needs haproxy] three', 'test/a.test.ts: four'],
  });
});

test.each([
  ['nothing failed or was skipped', [], [], false, 0],
  ['a failure', ['x'], [], false, 1],
  ['a skip', [], ['y'], false, 0],
  ['a skip under STRICT=1', [], ['y'], true, 1],
] as const)('the last line is the sum and the exit code follows: %s', (_, failed, skipped, strict, code) => {
  const result = { passed: 3, failed: failed.map((name) => ({ name, message: 'why\nso' })), skipped };
  const { stdout, status } = evaluate(
    `import { announce, record, finish } from './test/run/report.mjs';
     announce('unit'); record('unit', ${JSON.stringify(result)}); process.exitCode = finish({ strict: ${String(strict)} });`,
  );
  expect(status).toBe(code);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.at(-1)).toBe(`3 passed, ${failed.length} failed, ${skipped.length} skipped`);
  for (const name of failed) expect(stdout).toContain(`FAILED  ${name}\n    why\n    so\n`);
  for (const name of skipped) expect(lines).toContain(`skipped  ${name}`);
});

test('a check that fails is one failure with what the program said', () => {
  const { stdout } = evaluate(
    `import { check } from './test/run/check.mjs';
     const said = [process.execPath, '-e', 'console.error("no good"); process.exit(3)'];
     console.log(JSON.stringify([await check('x', said), await check('y', ['true']), await check('z', ['/nonexistent/program'])]))`,
  );
  const [x, y, z] = JSON.parse(stdout) as { passed: number; failed: { name: string; message: string }[] }[];
  expect(x).toMatchObject({ passed: 0, failed: [{ message: 'no good\n' }] });
  expect(y).toMatchObject({ passed: 1, failed: [] });
  expect(z?.failed[0]?.name).toMatch(/exit 127/);
});

test('missing packages are named and are no failure', () => {
  const { stdout } = evaluate(
    `import { installPackages } from './test/run/packages.mjs'; console.log(JSON.stringify(await installPackages()))`,
    { HEADGATE_NO_APT: '1', PATH: '/nonexistent' },
  );
  const result = JSON.parse(stdout) as { failed: unknown[]; note: string };
  expect(result.failed).toEqual([]);
  expect(result.note).toContain('curl (curl)');
});

test('an unknown step is wrong usage', () => {
  const { status, stderr } = spawnSync(process.execPath, ['test/run/main.mjs', '--only=nothing'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status).toBe(64);
  expect(stderr).toContain('steps: packages build');
});
