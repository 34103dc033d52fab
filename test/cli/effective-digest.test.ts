// One digest for one policy with one set of gated settings, whoever says it: the gateway that runs, check, diff and exposure.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { writeBaseline } from '../control/baseline.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { buildProduct, removeProduct, Running } from './product.js';

jest.setTimeout(60_000);

const GATED = `state: state
admin: { address: "unix:admin.sock" }
keys: { acme-2026: key }
approval: { required: 0, signers: people, revoked: revoked, audience: edge }
ceiling: ceiling.yaml
connect: { ports: [443, 8443] }
destinations: { tls: { ca: [ca.pem] } }
`;
const FILES = {
  'headgate.yaml': `${SETTINGS}${GATED}`,
  key: 'k'.repeat(32),
  people: '# people\nalice@operator.example ssh-ed25519 AAAA\n',
  revoked: 'ssh-ed25519 BBBB\n',
  'ca.pem': rootCertificates[0] ?? '',
  'ceiling.yaml': POLICY,
};

let space: Workspace;
let running: Running | undefined;
beforeAll(() => void buildProduct());
afterAll(removeProduct);
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.exited;
  running = undefined;
  space.remove();
});

const json = (...words: readonly string[]): unknown => {
  const { stdout, stderr } = spawnSync(process.execPath, [buildProduct(), ...words, '--format', 'json'], {
    cwd: space.folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
};
const ask = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ socketPath: join(space.folder, 'admin.sock'), path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });

test('the gateway that runs, check, diff and exposure say one digest, and another for another gated setting', async () => {
  space = makeWorkspace(FILES);
  writeBaseline(space.config);
  const config = ['--config', 'headgate.yaml'];
  running = new Running(['serve', ...config], space.folder);
  const { digest } = (await running.line('ready')) as unknown as { readonly digest: string };
  expect(digest).toMatch(/^[0-9a-f]{64}$/);

  expect(JSON.parse((await running.ask('/version')).body)).toMatchObject({ digest });
  expect(existsSync(join(space.folder, 'admin.sock'))).toBe(true);
  expect(JSON.parse(await ask('/v1/policy'))).toMatchObject({ digest });
  expect(json('check', ...config)).toMatchObject({ policy: { digest } });
  expect(json('exposure', ...config)).toMatchObject({ digest });
  expect(json('diff', 'live', 'policy.yaml', ...config)).toMatchObject({
    direction: 'equivalent',
    digests: { old: digest, new: digest },
  });

  running.child.kill('SIGHUP');
  expect(await running.line('policy-unchanged', 1, { way: 'signal' })).toMatchObject({ digest });

  writeFileSync(join(space.folder, 'revoked'), '# none any more\n');
  expect(json('check', ...config)).not.toMatchObject({ policy: { digest } });
  expect(json('diff', 'live', 'policy.yaml', ...config)).toMatchObject({
    direction: 'widening',
    settings: [{ setting: 'approval.revoked', direction: 'widening' }],
    digests: { old: digest },
  });
});

test('what changes no meaning changes no digest: order, comments, places of files', () => {
  space = makeWorkspace(FILES);
  const digestNow = (): unknown =>
    (json('check', '--config', 'headgate.yaml') as { policy: { digest: string } }).policy;
  const before = digestNow();
  space.write('moved', FILES.key);
  space.write('people', `${FILES.people}\n# and nobody else\n`);
  space.write(
    'headgate.yaml',
    `# ours\n${SETTINGS}${GATED}workers: 2\n`.replace('[443, 8443]', '[8443, 443]').replace(': key', ': moved'),
  );
  expect(digestNow()).toEqual(before);
});
