// The whole way against a gateway that runs: a baseline, a start, a proposal over what is live, two signatures, and the change is in force;
// a break-glass is, too, and no proposal is made of nothing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SshBench, type KeyPair } from '../change/ssh-bench.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { describeWith } from '../programs.js';
import { buildProduct, removeProduct, Running } from './product.js';
import { run, type Ran } from './run.js';

jest.setTimeout(60_000);

const [ALICE, BOB] = ['alice@operator.example', 'bob@operator.example'];
const WIDER = POLICY.replace('pay.acme.example', 'pay.acme.example, buy.acme.example');
const TOKEN = 'operate-0123456789abcdef';

describeWith(['ssh-keygen'], 'a gateway that runs', () => {
  const bench = new SshBench();
  let space: Workspace;
  let before: string;
  let gateway: Running;
  let keys: Record<'alice' | 'bob', KeyPair>;
  beforeAll(async () => {
    buildProduct();
    keys = { alice: bench.newKey('-t', 'ed25519'), bob: bench.newKey('-t', 'ed25519') };
    space = makeWorkspace({
      token: TOKEN,
      allowed_signers: `${ALICE} ${keys.alice.line}\n${BOB} ${keys.bob.line}\n`,
    });
    const admin = `admin: { address: "unix:${space.folder}/admin.sock", tokens: { operate: token } }\n`;
    space.write(
      'headgate.yaml',
      `${SETTINGS}state: state\n${admin}approval: { required: 1, signers: allowed_signers }\n`,
    );
    before = process.cwd();
    process.chdir(space.folder);
    const baseline = await propose('--baseline', '--output', 'approvals/first.approval.yaml');
    expect(baseline.err).toContain('warning: cannot read the present generation from the gateway that runs');
    await signByBoth('approvals/first.approval.yaml');
    gateway = new Running(['serve', '--config', 'headgate.yaml'], space.folder);
    await gateway.line('ready');
  });
  afterAll(async () => {
    gateway.child.kill('SIGKILL');
    await gateway.exited;
    process.chdir(before);
    space.remove();
    bench.end();
    removeProduct();
  });

  const propose = (...words: string[]): Promise<Ran> =>
    run('propose', '--config', 'headgate.yaml', '--proposer', ALICE, '--reason', 'a shop', ...words);
  const sign = (file: string, key: KeyPair): Promise<Ran> => {
    const isBaseline = readFileSync(file, 'utf8').includes('kind: baseline');
    return run('approve', file, '--key', key.path, '--confirm', isBaseline ? 'everyone' : '1');
  };
  const signByBoth = async (file: string): Promise<void> => {
    for (const key of [keys.alice, keys.bob]) expect(await sign(file, key)).toMatchObject({ code: 0, err: '' });
  };
  const check = (): Promise<Ran> => run('check', '--config', 'headgate.yaml', '--approvals', '--base', 'live');
  const reload = (): Promise<Ran> => run('reload', '--config', 'headgate.yaml');

  test('where nothing changed there is nothing to propose', async () => {
    const { code, out } = await propose();
    expect([code, out]).toEqual([0, expect.stringContaining('nothing was written')]);
    expect((await check()).out).toContain('would admit it: equivalent, generation 1\n');
  });

  test('a break-glass is in force at once, for its time', async () => {
    const words = [
      '--break-glass',
      '--for',
      '1h',
      '--reason',
      'a fire',
      '--proposer',
      ALICE,
      '--candidate',
      'fire.yaml',
    ];
    space.write('fire.yaml', WIDER.replace('buy.acme.example', 'help.acme.example'));
    const { code, err } = await run(
      ...['approve', '--config', 'headgate.yaml', '--key', keys.alice.path, '--confirm', '1', ...words],
    );
    expect([code, err]).toEqual([0, '']);
    space.write('policy.yaml', readFileSync('fire.yaml', 'utf8'));
    const { code: reloaded, out } = await reload();
    expect([reloaded, out]).toEqual([0, expect.stringMatching(/break-glass/i)]);
    space.write('policy.yaml', POLICY);
    expect((await reload()).code).toBe(0);
  });

  test('what is wider is refused, proposed over what is live, signed, and then in force', async () => {
    space.write('policy.yaml', WIDER);
    expect((await check()).code).toBe(2);
    expect((await reload()).code).toBe(2);
    const { code, out } = await propose();
    expect(code).toBe(0);
    expect(out).toContain('on `buy.acme.example`\n');
    expect(out).toContain(': widening, generation 1;');
    const file = join('approvals', readdirSync('approvals').find((name) => /-widening-.*\.yaml$/.test(name)) ?? '');
    await sign(file, keys.alice);
    expect((await reload()).code).toBe(2);
    await sign(file, keys.bob);
    expect((await check()).code).toBe(0);
    expect((await reload()).code).toBe(0);
    expect((await propose()).out).toContain('nothing was written');
  });

  test('a baseline is of the generation after that of the gateway, though the folder has none', async () => {
    space.write('elsewhere.yaml', `${readFileSync('headgate.yaml', 'utf8')}approvals: elsewhere\n`);
    const words = ['--config', 'elsewhere.yaml', '--proposer', ALICE, '--reason', 'final', '--baseline'];
    const { code, out } = await run('propose', ...words);
    expect([code, out]).toEqual([0, expect.stringContaining('baseline, generation 2;')]);
  });

  test('whoever signs hears that it counts, though no baseline of the folder does: the gateway knows its generation', async () => {
    space.write('alone.yaml', `${readFileSync('headgate.yaml', 'utf8')}approvals: alone\n`);
    space.write('more.yaml', readFileSync('policy.yaml', 'utf8').replace('pay.acme', 'more.acme.example, pay.acme'));
    const words = ['--config', 'alone.yaml', '--proposer', ALICE, '--reason', 'more', '--candidate', 'more.yaml'];
    const file = 'alone/more.approval.yaml';
    expect(await run('propose', ...words, '--output', file)).toMatchObject({ code: 0 });
    const said = [];
    for (const key of [keys.alice, keys.bob])
      said.push((await run('approve', file, '--key', key.path, '--confirm', '1', '--config', 'alone.yaml')).out);
    expect(said[0]).toContain('[approval-too-few]');
    expect(said[1]).toMatch(/who counts: `bob@operator\.example`; 1 of 1 person beside the proposer\n$/);
  });
});
