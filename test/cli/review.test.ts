// The verbs around a policy: test, fmt, renew, recipients and the formats of check. Exit codes, and which stream says what.
import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeWorkspace, POLICY, type Workspace } from '../control/workspace.js';
import { run } from './run.js';

const CONFIG = resolve(__dirname, '../../config');
let space: Workspace;
beforeEach(() => void (space = makeWorkspace()));
afterEach(() => space.remove());
const file = (name: string): string => join(space.folder, name);
const read = (name: string): string => readFileSync(file(name), 'utf8');

describe('headgate test', () => {
  test('the tests of the shipped policy pass', async () => {
    const { code, out, err } = await run('test', join(CONFIG, 'policy.yaml'), join(CONFIG, 'policy.tests.yaml'));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/policy\.tests\.yaml: (\d+) of \1 tests passed\n$/);
  });

  test('what it generates for the shipped policy passes', async () => {
    const { code, out } = await run('test', join(CONFIG, 'policy.yaml'), '--generate', '--at', '2026-06-01');
    expect(code).toBe(0);
    space.write('tests.yaml', out);
    expect(await run('test', join(CONFIG, 'policy.yaml'), file('tests.yaml'))).toMatchObject({ code: 0, err: '' });
  });

  test('a failure ends in 1, with what was expected, what came and the line of the policy', async () => {
    space.write(
      'tests.yaml',
      'at: 2026-06-01\ntests:\n  - url: http://pay.acme.example/\n    expect: { stranger: true }\n',
    );
    const { code, out, err } = await run('test', file('policy.yaml'), file('tests.yaml'));
    expect([code, out]).toEqual([1, `${file('tests.yaml')}: 0 of 1 test passed\n`]);
    expect(err).toBe(
      `${file('tests.yaml')}:4:25: error: http://pay.acme.example/: expected stranger, got partner \`pay\` [test-failed]\n` +
        '  4 |     expect: { stranger: true }\n    |                         ^^^^\n' +
        `  help: decided at ${file('policy.yaml')}:8:13\n`,
    );
  });

  test('tests that cannot be read end in 1', async () => {
    space.write('tests.yaml', 'tests: []\n');
    const { code, out, err } = await run('test', file('policy.yaml'), file('tests.yaml'));
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('[missing-key]');
    expect(await run('test', file('policy.yaml'), file('none.yaml'))).toMatchObject({ code: 1, out: '' });
  });

  test.each<[string, readonly string[]]>([
    ['neither tests nor --generate', []],
    ['both', ['tests.yaml', '--generate']],
    ['--at with tests', ['tests.yaml', '--at', '2026-06-01']],
  ])('%s is wrong usage', async (_, words) => {
    expect(await run('test', file('policy.yaml'), ...words)).toEqual({
      code: 64,
      out: '',
      err: 'error: `headgate test` takes a policy and tests, or a policy and `--generate`\n',
    });
  });
});

describe('headgate fmt', () => {
  const ODD = 'a:   1\nb:   [ 1,2 ]   # two\n';
  const EVEN = 'a: 1\nb: [1, 2] # two\n';

  test('writes the one layout, and then there is nothing to do', async () => {
    space.write('odd.yaml', ODD);
    expect(await run('fmt', file('odd.yaml'))).toEqual({ code: 0, out: `${file('odd.yaml')}: written\n`, err: '' });
    expect(read('odd.yaml')).toBe(EVEN);
    expect(await run('fmt', file('odd.yaml'))).toEqual({
      code: 0,
      out: `${file('odd.yaml')}: as it should be\n`,
      err: '',
    });
  });

  test('--check changes nothing and ends in 3', async () => {
    space.write('odd.yaml', ODD);
    space.write('even.yaml', EVEN);
    expect(await run('fmt', '--check', file('even.yaml'), file('odd.yaml'))).toEqual({
      code: 3,
      out: `${file('even.yaml')}: as it should be\n`,
      err: `${file('odd.yaml')}: another layout than \`headgate fmt\` writes\n`,
    });
    expect(read('odd.yaml')).toBe(ODD);
  });

  test('what cannot be read ends in 1, and the others are written all the same', async () => {
    space.write('bad.yaml', 'a: *b\n');
    space.write('odd.yaml', ODD);
    const { code, err } = await run('fmt', file('bad.yaml'), file('odd.yaml'), file('none.yaml'));
    expect(code).toBe(1);
    expect(err).toContain('[yaml-alias]');
    expect(err).toContain('no such file');
    expect([read('bad.yaml'), read('odd.yaml')]).toEqual(['a: *b\n', EVEN]);
  });

  test('the mode of the file stays, a link stays a link, and no draft is left behind', async () => {
    space.write('odd.yaml', ODD);
    chmodSync(file('odd.yaml'), 0o640);
    symlinkSync('odd.yaml', file('link.yaml'));
    await run('fmt', file('link.yaml'));
    expect(read('odd.yaml')).toBe(EVEN);
    expect(statSync(file('odd.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(space.folder).sort()).toEqual(['headgate.yaml', 'link.yaml', 'odd.yaml', 'policy.yaml']);
  });
});

describe('headgate renew', () => {
  const year = new Date().getUTCFullYear();

  test('moves the last day, and says what that means', async () => {
    const { code, out, err } = await run(
      'renew',
      'pay',
      '--until',
      `${year + 2}-01-31`,
      '--policy',
      file('policy.yaml'),
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(
      `${file('policy.yaml')}:12: \`pay\` was until ${year + 1}-06-30, now it ends at ${year + 2}-02-01T00:00:00Z; a widening: it needs its approval like any other\n`,
    );
    expect(read('policy.yaml')).toBe(POLICY.replace(`${year + 1}-06-30`, `${year + 2}-01-31`));
  });

  test('a sooner end is a narrowing', async () => {
    const { out } = await run('renew', 'pay', '--until', `${year + 1}-01-31`, '--policy', file('policy.yaml'));
    expect(out).toMatch(/; a narrowing\n$/);
  });

  test('an end that lies behind us is said to be one: the partner receives nothing any more', async () => {
    const { code, out } = await run('renew', 'pay', '--until', `${year - 1}-01-31`, '--policy', file('policy.yaml'));
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/; that is over: `pay` receives nothing any more; a narrowing\n$/),
    ]);
  });

  test('the same day again writes nothing', async () => {
    const { code, out } = await run('renew', 'pay', '--until', `${year + 1}-06-30`, '--policy', file('policy.yaml'));
    expect([code, out]).toEqual([
      0,
      `${file('policy.yaml')}: \`pay\` has \`until: ${year + 1}-06-30\` already: nothing was written\n`,
    ]);
  });

  test.each([
    ['more than 3 years ahead', `${year + 4}-01-01`, 4, 'until-too-far'],
    ['a day of no calendar', `${year + 1}-02-30`, 1, 'time-impossible'],
    ['before its start', '2019-12-31', 1, 'period-empty'],
    ['another spelling of a day', '31.12.2027', 1, 'wrong-value'],
  ])('%s is refused with the line as it would be, and the file stays', async (_, until, code, problem) => {
    const ran = await run('renew', 'pay', '--until', until, '--policy', file('policy.yaml'));
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(`[${problem}]`);
    expect(ran.err).toContain(`  12 |     until: ${until}\n`);
    expect(ran.err).toMatch(/policy\.yaml: nothing was written\n$/);
    expect(read('policy.yaml')).toBe(POLICY);
  });

  test('nobody of that name is refused', async () => {
    const { code, err } = await run('renew', 'pya', '--until', `${year + 1}-01-01`, '--policy', file('policy.yaml'));
    expect([code, err]).toEqual([
      1,
      'error: no partner has the id `pya` [renew-partner]\n  help: did you mean `pay`?\n',
    ]);
  });
});

describe('headgate recipients', () => {
  test('as Markdown, for the team', async () => {
    const { code, out } = await run('recipients', '--policy', file('policy.yaml'), '--at', '2026-06-01');
    expect(code).toBe(0);
    expect(out).toContain('As of 2026-06-01 (days in UTC)');
    expect(out).toContain('DPA-2026-014');
  });

  test('as a page to publish', async () => {
    const { code, out } = await run('recipients', '--policy', file('policy.yaml'), '--publish', '--format', 'html');
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).not.toContain('DPA-2026-014');
  });
});

describe('headgate check: formats and thresholds', () => {
  const WARNED = POLICY.replace('partners@operator.example', 'somebody');

  test.each([
    ['error', 0],
    ['warning', 3],
    ['info', 3],
  ])('--fail-on %s with warnings ends in %i', async (failOn, code) => {
    space.write('policy.yaml', WARNED);
    const ran = await run('check', file('policy.yaml'), '--fail-on', failOn);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain('[owner-contact]');
  });

  test('errors end in 1 or 4 whatever the threshold', async () => {
    space.write('policy.yaml', WARNED.replace('pay.acme.example', '"**"'));
    expect((await run('check', file('policy.yaml'), '--fail-on', 'info')).code).toBe(4);
  });

  test('JSON goes to standard output, with the digest where there is a policy', async () => {
    space.write('policy.yaml', WARNED);
    const { code, out, err } = await run('check', file('policy.yaml'), '--format', 'json');
    expect([code, err]).toEqual([0, '']);
    const said = JSON.parse(out) as { problems: { code: string; span: { line: number } }[]; policy: unknown };
    expect(said.problems.map(({ code: each }) => each)).toEqual(['transport-http', 'owner-contact']);
    expect(said.policy).toEqual({ partners: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  test('SARIF goes to standard output, also for a policy that does not compile', async () => {
    space.write('policy.yaml', `${POLICY}extra: 1\n`);
    const { code, out, err } = await run('check', file('policy.yaml'), '--format', 'sarif');
    expect([code, err]).toEqual([1, '']);
    expect(JSON.parse(out)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'unknown-key', level: 'error' }] }],
    });
  });

  test('with the settings it knows the listeners', async () => {
    const settings = read('headgate.yaml').replace(
      'listeners:\n',
      'listeners:\n  - { name: roaming, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: none }\n',
    );
    space.write('headgate.yaml', settings);
    const { code, err } = await run('check', '--config', space.config, '--fail-on', 'warning');
    expect(code).toBe(3);
    expect(err).toContain('`pay` names no listener: subscribers of all 2 are released to it [listeners-unnamed]');
  });
});
