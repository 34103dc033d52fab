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
  expect(stderr).toContain('steps: packages wire');
});

/** Runs two lanes of steps that fail as asked; what began and ended, in order, and what the report says. */
const lanesOf = (failing: readonly string[], only?: readonly string[]) => {
  const { stdout, status } = evaluate(
    `import { runLanes } from './test/run/lanes.mjs'; import { finish } from './test/run/report.mjs';
     const order = [];
     const open = new Map();
     const step = (name, needs, before = Promise.resolve()) => ({ name, needs, run: async () => {
       order.push(name); await before; order.push(name + '.');
       return ${JSON.stringify(failing)}.includes(name) ? { passed: 0, failed: [{ name, message: '' }], skipped: [] } : { passed: 1, failed: [], skipped: [] };
     } });
     let endSlow; const slow = new Promise((resolve) => (endSlow = resolve));
     const quick = step('quick');
     await runLanes({
       lanes: [[step('slow', [], slow), step('late', ['build'])], [step('build'), { ...quick, run: async () => { const it = await quick.run(); endSlow(); return it; } }]],
       last: [step('last', ['build'])],
       only: ${JSON.stringify(only)},
     });
     console.log(order.join(' '));
     process.exitCode = finish({ strict: false });`,
  );
  return { stdout, status, order: stdout.split('\n').find((line) => !line.includes('passed')) };
};

test('lanes run side by side, in each one step after another, and the last step when both have ended', () => {
  expect(lanesOf([])).toMatchObject({ status: 0, order: 'slow build build. quick quick. slow. late late. last last.' });
});

test('a step that needs one that failed is a failure of its own, whatever lane that is in, and is not run', () => {
  const { stdout, status, order } = lanesOf(['build']);
  expect({ status, order }).toEqual({ status: 1, order: 'slow build build. quick quick. slow.' });
  for (const name of ['late', 'last']) expect(stdout).toContain(`FAILED  ${name}: not run, build failed`);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 passed, 3 failed, 0 skipped');
});

test('a step that is not asked for is neither run nor waited for', () => {
  expect(lanesOf(['build'], ['late', 'last'])).toMatchObject({ status: 0, order: 'late late. last last.' });
});

test('what runs beside what waits in real time is nicer to it, and so is all that it starts', () => {
  const nices = `require('child_process').execFileSync('ps', ['-o', 'ni=', '-p', String(process.pid)]) + ''`;
  const own = Number(spawnSync('ps', ['-o', 'ni=', '-p', String(process.pid)], { encoding: 'utf8' }).stdout);
  const { stdout } = evaluate(
    `import { runCommand } from './test/run/command.mjs';
     const { said } = await runCommand([process.execPath, '-p', ${JSON.stringify(nices)}], { niceness: 3 });
     console.log(said.trim());`,
  );
  expect(Number(stdout)).toBe(Math.min(19, own + 3));
});
