// The pipelines of docs/ci.md, run as they stand: their lines that call headgate, in a repository with a base, a change and the merge
// of the two. What the change means reaches the change request as a comment, and the job ends as the page says.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { describeWith } from '../programs.js';
import { buildProduct, removeProduct } from './product.js';

const CI = readFileSync(resolve(__dirname, '../../docs/ci.md'), 'utf8');
const [GITHUB = '', GITLAB = ''] = [...CI.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);

const DAY_MS = 86_400_000;
/** A Wednesday about a year from now: nothing ends soon, nothing ends on a weekend. */
const UNTIL = ((day: number) => new Date(day + ((10 - new Date(day).getUTCDay()) % 7) * DAY_MS))(
  Date.now() + 360 * DAY_MS,
)
  .toISOString()
  .slice(0, 10);

const policyWith = (hosts: string): string => `version: 1
partners:
  - id: bank
    name: Bank plc
    purpose: age verification
    owner: partners@operator.example
    hosts: [${hosts}]
    transport: tls
    release:
      - { header: X-MSISDN, as: unchanged }
    until: ${UNTIL}
`;
const TESTS = `at: 2026-06-01
tests:
  - name: the bank receives the number
    url: http://pay.bank.example/
    fields: [X-MSISDN]
    expect:
      partner: bank
      headers: { X-MSISDN: unchanged }
`;

// Each change starts the program four times.
jest.setTimeout(120_000);

let lab = '';
beforeAll(() => void (lab = mkdtempSync(join(tmpdir(), 'headgate-ci-'))));
afterAll(() => {
  rmSync(lab, { recursive: true, force: true });
  removeProduct();
});

interface Repository {
  readonly folder: string;
  /** Commits: what was there, the change, and the merge that would happen. */
  readonly base: string;
  readonly head: string;
  readonly merge: string;
}

const repositoryWith = (name: string, policy: string): Repository => {
  const folder = join(lab, name);
  mkdirSync(join(folder, 'config'), { recursive: true });
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ops', '-c', 'user.email=ops@operator.example', ...words], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const commit = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    git('add', '.');
    git('commit', '--quiet', '--message', file);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch', 'main');
  commit('config/policy.tests.yaml', TESTS);
  const base = commit('config/policy.yaml', policyWith('pay.bank.example'));
  git('switch', '--quiet', '--create', 'change');
  const head = commit('config/policy.yaml', policy);
  git('switch', '--quiet', 'main');
  // Somebody else was faster: the merge is neither the change nor what it began with.
  const later = commit('README.md', 'the policy of this operator\n');
  git('merge', '--quiet', '--no-ff', '--message', 'merge', 'change');
  expect(git('rev-parse', 'HEAD^1')).toBe(later);
  return { folder, base, head, merge: git('rev-parse', 'HEAD') };
};

const checkout = ({ folder }: Repository, commit: string): void =>
  void execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: folder });

interface Ended {
  readonly code: number | null;
  readonly said: string;
}
const inShell = (
  script: string,
  folder: string,
  { flags, env }: { flags: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn('bash', [...flags, '-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...env, HEADGATE: `${process.execPath} ${buildProduct()}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('close', (code) => resolve({ code, said }));
  });

/** What the change is, how each verb ends where not with 0, and what the comment says; null: nobody comments. */
const CHANGES: readonly (readonly [string, string, Readonly<Record<string, number>>, RegExp | null])[] = [
  ['equivalent', `# a comment\n${policyWith('pay.bank.example')}`, {}, /equivalent/],
  ['a widening', policyWith('pay.bank.example, shop.bank.example'), { diff: 2 }, /shop\.bank\.example/],
  ['another layout', policyWith('  pay.bank.example  '), { fmt: 3 }, /equivalent/],
  ['a promise broken', policyWith('shop.bank.example'), { test: 1, diff: 2 }, /shop\.bank\.example/],
  ['never', policyWith('"**"'), { check: 4, test: 4, diff: 4 }, null],
  ['no policy', 'version: 1\npartners: [\n', { check: 1, fmt: 1, test: 1, diff: 1 }, null],
];

/** A widening ends no job: it is said, and needs its approval elsewhere. */
const endOfComparison = ({ diff = 0 }: Readonly<Record<string, number>>): number => (diff === 2 ? 0 : diff);

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

test.each(CHANGES)('GitHub: %s', async (name, policy, ends, comment) => {
  const repository = repositoryWith(`github ${name}`, policy);
  checkout(repository, repository.merge);
  const programs = join(repository.folder, 'bin');
  mkdirSync(programs);
  // Stands for GitHub's own program: no comment is there to edit yet, so that it has to make one.
  writeFileSync(
    join(programs, 'gh'),
    `#!/bin/bash\necho "$GH_TOKEN $*" >> gh.txt\n[[ "$*" == *--edit-last* ]] && exit 1\ncp diff.md comment.md\n`,
  );
  chmodSync(join(programs, 'gh'), 0o755);

  const workflow = parse(GITHUB) as { jobs: { policy: { steps: readonly Step[] } } };
  const steps = workflow.jobs.policy.steps.filter(({ run }) => run?.includes('$HEADGATE') === true);
  expect(steps).toHaveLength(4);
  const codes: Record<string, number | null> = {};
  for (const { run = '', env = {} } of steps) {
    const [, verb = ''] = /\$HEADGATE ([a-z]+)/.exec(run) ?? [];
    const values = Object.entries(env).map(([key, value]) => [
      key,
      value.replace('${{ github.token }}', 'token-of-the-job').replace('${{ github.event.pull_request.number }}', '7'),
    ]);
    const ended = await inShell(run, repository.folder, {
      flags: ['-e'],
      env: { ...(Object.fromEntries(values) as Record<string, string>), PATH: `${programs}:${process.env['PATH']}` },
    });
    codes[verb] = ended.code;
  }
  expect(codes).toEqual({ check: 0, fmt: 0, test: 0, ...ends, diff: endOfComparison(ends) });
  const read = (file: string): string => readFileSync(join(repository.folder, file), 'utf8');
  if (comment === null) {
    expect(() => read('gh.txt')).toThrow(/ENOENT/);
  } else {
    expect(read('gh.txt')).toBe(
      'token-of-the-job pr comment 7 --edit-last --body-file diff.md\ntoken-of-the-job pr comment 7 --body-file diff.md\n',
    );
    expect(read('comment.md')).toMatch(comment);
  }
  const sarif = JSON.parse(read('policy.sarif')) as {
    version: string;
    runs: readonly { results: readonly object[] }[];
  };
  expect([sarif.version, (sarif.runs[0]?.results.length ?? 0) > 0]).toEqual(['2.1.0', (codes['check'] ?? 0) !== 0]);
});

describeWith(['curl'], 'GitLab', () => {
  const servers: Server[] = [];
  afterEach(() => void servers.splice(0).forEach((server) => server.close()));

  test.each(CHANGES)('%s', async (name, policy, ends, comment) => {
    const repository = repositoryWith(`gitlab ${name}`, policy);
    checkout(repository, repository.head);
    const requests: { readonly line: string; readonly token: unknown; readonly body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        requests.push({ line: `${request.method} ${request.url}`, token: request.headers['private-token'], body });
        response.writeHead(201).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);

    const job = parse(GITLAB) as { policy: { script: readonly string[] } };
    const lines = job.policy.script.filter((line) => line.includes('$HEADGATE '));
    expect(lines).toHaveLength(4);
    const env = {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: repository.base,
      CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: '12',
      CI_MERGE_REQUEST_IID: '7',
      COMMENT_TOKEN: 'token-of-the-project',
    };
    const flags = ['-e', '-o', 'pipefail'];
    // In one shell, as a runner has it: the first that fails ends the job.
    const whole = await inShell(lines.join('\n'), repository.folder, { flags, env });
    const firstEnd = ['check', 'fmt', 'test'].map((verb) => ends[verb] ?? 0).find((code) => code !== 0);
    expect([whole.code, whole.said]).toEqual([firstEnd ?? 0, expect.any(String)]);
    if (firstEnd !== undefined) {
      expect(requests).toEqual([]);
      // The comparison alone, as it would be with the lines before it taken out.
      const last = await inShell(lines.at(-1) ?? '', repository.folder, { flags, env });
      expect(last.code).toBe(endOfComparison(ends));
    }
    expect(requests.map(({ line, token }) => [line, token])).toEqual(
      comment === null ? [] : [['POST /api/v4/projects/12/merge_requests/7/notes', 'token-of-the-project']],
    );
    if (comment !== null) expect(new URLSearchParams(requests[0]?.body).get('body')).toMatch(comment);
  });
});
