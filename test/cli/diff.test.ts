// `headgate diff` and `headgate exposure`: sources, formats and exit codes.
import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { compilePolicy } from '../../src/policy/compile.js';
import { ENGINE } from '../../src/policy/effective.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { run } from './run.js';

const WIDER = POLICY.replace('hosts: [pay.acme.example]', 'hosts: [pay.acme.example, api.acme.example]');
const NEVER = POLICY.replace('hosts: [pay.acme.example]', 'hosts: ["**"]');

let space: Workspace;
const at = (name: string): string => join(space.folder, name);
beforeEach(() => {
  space = makeWorkspace({ 'wider.yaml': WIDER, 'never.yaml': NEVER, 'broken.yaml': 'version: 2\n' });
});
afterEach(() => space.remove());

test.each([
  ['a widening ends with 2', 'policy.yaml', 'wider.yaml', 2, 'widening: `pay` gains `x-msisdn` (unchanged)'],
  ['a narrowing ends with 0', 'wider.yaml', 'policy.yaml', 0, 'narrowing: `pay` loses `x-msisdn` (unchanged)'],
  ['the same file is equivalent and ends with 0', 'policy.yaml', 'policy.yaml', 0, 'equivalent: nobody receives more'],
])('%s', async (_rule, old, next, code, said) => {
  const { out, err, code: ended } = await run('diff', at(old), at(next));
  expect(err).toBe('');
  expect(out).toContain(said);
  expect(ended).toBe(code);
});

test.each([
  ['what no approval opens ends with 4', 'policy.yaml', 'never.yaml', 4, '[host-everyone]'],
  ['a new policy that is none ends with 1', 'policy.yaml', 'broken.yaml', 1, 'broken.yaml:1:10'],
  ['an old policy that is none ends with 1, also for a rule of the never-set', 'never.yaml', 'policy.yaml', 1, '['],
  ['a file that is not there ends with 1', 'policy.yaml', 'gone.yaml', 1, 'no such file'],
])('%s', async (_rule, old, next, code, said) => {
  const { out, err, code: ended } = await run('diff', at(old), at(next));
  expect(out).toBe('');
  expect(err).toContain(said);
  expect(ended).toBe(code);
});

test('json is plain data with regions, witness and lines', async () => {
  const { out, code } = await run('diff', at('policy.yaml'), at('wider.yaml'), '--format', 'json');
  const diff = JSON.parse(out) as { direction: string; releases: Record<string, unknown>[] };
  expect(diff.direction).toBe('widening');
  expect(diff.releases.map(({ header }) => header)).toEqual(['x-msisdn', 'other, novel']);
  expect(diff.releases[0]).toMatchObject({
    hosts: [{ pattern: 'api.acme.example' }],
    breadth: 'host',
    before: { form: 'none', route: null, partner: null },
    after: { form: 'unchanged', route: { transport: 'http' }, partner: 'pay' },
    witness: { url: 'http://api.acme.example/' },
    lines: {
      old: [],
      new: [
        { line: 8, column: 31 },
        { line: 10, column: 15 },
      ],
    },
  });
  expect(code).toBe(2);
});

test('markdown opens with the direction, sarif names the line', async () => {
  const markdown = await run('diff', at('policy.yaml'), at('wider.yaml'), '--format', 'markdown');
  expect(markdown.out).toMatch(/^### Exposure: widening: 1 widening\n\n\*\*Who would receive more\*\*\n/);
  // Whoever approves reads no manual first: what has no name is said below the tables, each once.
  expect(markdown.out).toMatch(
    /\|\n\n`other, novel`: a header that nobody knows and that begins to arrive with most requests\n$/,
  );
  const sarif = JSON.parse((await run('diff', at('policy.yaml'), at('wider.yaml'), '--format', 'sarif')).out) as {
    runs: { results: { ruleId: string; locations: unknown[] }[] }[];
  };
  expect(sarif.runs[0]?.results).toMatchObject([
    { ruleId: 'exposure-widens', locations: [{ physicalLocation: { region: { startLine: 8 } } }] },
  ]);
});

test('a revision of git is a source', async () => {
  const git = (...words: string[]): void => {
    execFileSync('git', ['-c', 'user.name=ops', '-c', 'user.email=ops@operator.example', ...words], {
      cwd: space.folder,
    });
  };
  git('init', '-q');
  git('add', 'policy.yaml');
  git('commit', '-q', '-m', 'first');
  const before = process.cwd();
  process.chdir(space.folder);
  try {
    expect((await run('diff', 'git:HEAD:policy.yaml', 'wider.yaml')).code).toBe(2);
    const gone = await run('diff', 'git:HEAD:gone.yaml', 'wider.yaml');
    expect(gone.err).toContain('error: cannot read `git:HEAD:gone.yaml`: fatal: ');
    expect(gone.code).toBe(1);
    const odd = await run('diff', 'git:--output=x:policy.yaml', 'wider.yaml');
    expect(odd.err).toContain('names no file in git');
  } finally {
    process.chdir(before);
  }
});

describe('live', () => {
  let server: Server;
  let asked: string[] = [];
  const answer = (body: unknown): Promise<number> =>
    new Promise((resolve) => {
      asked = [];
      server = createServer((request, response) => {
        asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
        response.end(JSON.stringify(body));
      }).listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  afterEach(() => server.close());
  const policyNow = (): unknown => {
    const outcome = compilePolicy({ file: 'policy.yaml', text: POLICY }, { now: Date.now() });
    return outcome.ok ? outcome.value.policy : undefined;
  };
  const settings = (port: number): string =>
    space.write('live.yaml', `${SETTINGS}admin: { address: "127.0.0.1:${port}", tokens: { read: token } }\n`);

  test('the gateway that runs is asked with the token of role read, and its gated settings are compared', async () => {
    space.write('token', 'secret-of-the-test\n');
    const gated = { 'listeners.internet.trust': ['10.20.0.0/16'], skewMs: 30_000 };
    const engine = { meaning: 1, keyRule: 1 };
    const config = settings(await answer({ digest: '0'.repeat(64), engine, policy: policyNow(), gated }));
    const { out, code } = await run('diff', 'live', at('wider.yaml'), '--config', config);
    expect(asked).toEqual(['/v1/policy Bearer secret-of-the-test']);
    expect(out).toContain('widening: `pay` gains `x-msisdn`');
    expect(out).toContain('widening: `listeners.internet.trust` is [10.20.0.0/16], and would be path');
    expect(out).not.toContain('skewMs');
    expect(code).toBe(2);
  });

  test('a gateway whose engine means less by the same policy is said, and its own digest', async () => {
    space.write('token', 'secret-of-the-test\n');
    const engine = { meaning: 0, keyRule: 1 };
    const config = settings(await answer({ digest: '0'.repeat(64), engine, policy: policyNow(), gated: {} }));
    const { out, code } = await run('diff', 'live', at('policy.yaml'), '--config', config, '--format', 'json');
    const diff = JSON.parse(out) as { digests: { old: string }; settings: { setting: string }[] };
    expect(diff.digests.old).toBe('0'.repeat(64));
    expect(diff.settings.find(({ setting }) => setting === 'engine.meaning')).toMatchObject({
      direction: 'widening',
      before: 0,
      after: ENGINE.meaning,
    });
    expect(code).toBe(2);
  });

  test('an answer that is no policy ends with 1', async () => {
    space.write('token', 'secret-of-the-test\n');
    const { err, code } = await run(
      'diff',
      'live',
      at('wider.yaml'),
      '--config',
      settings(await answer({ policy: 1 })),
    );
    expect(err).toMatch(
      /^error: cannot read the policy in force from 127\.0\.0\.1:\d+: its answer is no policy \[source-live\]/,
    );
    expect(code).toBe(1);
  });
});

test('live without a settings file ends with 1 and says what to write', async () => {
  const { err, code } = await run('diff', 'live', at('wider.yaml'));
  expect(err).toContain('help: write `--config FILE`');
  expect(code).toBe(1);
});

test('exposure prints a table, its size and its digest', async () => {
  const { out, code } = await run('exposure', '--policy', at('policy.yaml'));
  expect(out).toMatch(/^who +receives +on +sent +when\n/);
  expect(out).toMatch(
    /\npay +x-msisdn \(unchanged\), other, novel \(unchanged\) +pay\.acme\.example +plain http +at once until /,
  );
  expect(out).toMatch(/\n\n1 host, 0 subtrees\ndigest [0-9a-f]{64}\n$/);
  expect(code).toBe(0);
});

test('exposure as json has each release once, and its size', async () => {
  const { out } = await run('exposure', '--policy', at('wider.yaml'), '--format', 'json');
  const exposure = JSON.parse(out) as { size: unknown; releases: Record<string, unknown>[] };
  expect(exposure.size).toEqual({ hosts: 2, subtrees: 0, isUnbounded: false });
  const [number] = exposure.releases.filter(({ header }) => header === 'x-msisdn');
  expect(number).toMatchObject({
    hosts: [{ pattern: 'api.acme.example' }, { pattern: 'pay.acme.example' }],
    permitted: { form: 'unchanged', partner: 'pay' },
  });
});

test('exposure of what is no policy ends with 4 where it is of the never-set', async () => {
  expect((await run('exposure', '--policy', at('never.yaml'))).code).toBe(4);
});
