// `headgate lockdown` against a real admin server and a real folder: on, off, and without the admin API.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { switchOn } from '../../src/cli/lockdown-switch.js';
import { lockdownOrderIn } from '../../src/control/lockdown-file.js';
import type { ListedReplica } from '../../src/control/admin-actions.js';
import { FLEET } from '../control/admin-memory.js';
import { makeAdminGateway, type AdminGateway } from './admin-gateway.js';
import { run } from './run.js';

const REASON = ['--reason', 'numbers at a stranger'];
let admin: AdminGateway;
let switchFile: string;
/** What the gateway reads in the file. */
const ordered = (): 'all' | 'absent' | readonly string[] => {
  const order = lockdownOrderIn(readFileSync(switchFile, 'utf8'), new Set(['pay', 'bank']));
  return order.kind === 'partners' ? order.ids : order.kind;
};
const lockdown = (...words: string[]) => run('lockdown', ...words, '--config', admin.config);

beforeEach(() => {
  admin = makeAdminGateway();
  switchFile = join(admin.state, 'LOCKDOWN');
  delete process.env['SUDO_USER'];
});
afterEach(() => admin.remove());

describe('through the admin API', () => {
  test('on for everyone: it is on when every worker obeys, and says how to end it', async () => {
    await admin.serve();
    expect(await lockdown('on', ...REASON, '--by', 'dana')).toEqual({
      code: 0,
      err: '',
      out:
        'lockdown is on for everyone: 2 workers obey\n' +
        `to end it: headgate lockdown off --reason TEXT --config ${admin.config}\n`,
    });
    expect(admin.gateway.orders).toEqual([{ state: 'on', partner: null, reason: 'numbers at a stranger', by: 'dana' }]);
    expect(readdirSync(admin.state)).toEqual([]);
  });

  test('on and off for one partner', async () => {
    await admin.serve();
    expect((await lockdown('on', '--partner', 'pay', ...REASON)).out).toContain('lockdown is on for partner pay');
    const { out, code } = await lockdown('off', '--partner', 'pay', ...REASON);
    expect([out, code]).toEqual(['lockdown is off for partner pay: 2 workers obey\n', 0]);
    expect(admin.gateway.current.lockdown).toEqual({ all: null, partners: [] });
  });

  test('off says what is still on', async () => {
    await admin.serve();
    await lockdown('on', ...REASON);
    await lockdown('on', '--partner', 'pay', ...REASON);
    expect((await lockdown('off', '--partner', 'pay', ...REASON)).out).toContain('lockdown is still on for everyone\n');
    await lockdown('on', '--partner', 'bank', ...REASON);
    expect((await lockdown('off', ...REASON)).out).toContain('lockdown is still on for partner bank\n');
  });

  test('where replicas share, on says whether the others were told', async () => {
    await admin.serve();
    admin.gateway.isAnnounced = true;
    expect((await lockdown('on', ...REASON)).out).toContain(
      'the other replicas are told: `headgate fleet` says which obey\n',
    );
    admin.gateway.isAnnounced = false;
    const { code, err } = await lockdown('on', ...REASON);
    expect([code, err]).toEqual([
      0,
      'warning: the other replicas are not told yet, Redis does not answer: set it on each of them\n',
    ]);
  });

  test('off names the replicas on which it is still on', async () => {
    await admin.serve();
    await lockdown('on', ...REASON);
    const [self, other] = FLEET.replicas as [ListedReplica, ListedReplica];
    const locked = { all: true, partners: ['pay'] };
    admin.gateway.replicas = { ...FLEET, replicas: [self, { ...other, lockdown: locked }] };
    expect((await lockdown('off', ...REASON)).out).toContain('it is still on at gw-2: end it on each of them too\n');
    await lockdown('on', '--partner', 'bank', ...REASON);
    expect((await lockdown('off', '--partner', 'bank', ...REASON)).out).not.toContain('still on at');
  });

  test('it is ordered by whoever is logged in, and under sudo by whoever typed it', async () => {
    await admin.serve();
    await lockdown('on', ...REASON);
    process.env['SUDO_USER'] = 'dana';
    await lockdown('on', ...REASON);
    expect(admin.gateway.orders.map(({ by }) => by)).toEqual([userInfo().username, 'dana']);
  });

  test('one that could not be recorded is on, and says that a restart would not know of it', async () => {
    await admin.serve();
    admin.gateway.isRecorded = false;
    const { code, err } = await lockdown('on', ...REASON);
    expect([code, err]).toEqual([
      0,
      'warning: it is not recorded and a restart would not know of it: no space left on the disk\n',
    ]);
  });

  test('`on` takes the token of `lockdown`, `off` that of `operate`', async () => {
    admin.remove();
    admin = makeAdminGateway(
      '{ address: "unix:admin.sock", tokens: { lockdown: token-lockdown, operate: token-operate } }',
    );
    await admin.serve(['lockdown', 'operate']);
    const token = join(admin.space.folder, 'token-lockdown');
    expect((await lockdown('on', ...REASON)).code).toBe(0);
    const refused = await lockdown('off', ...REASON, '--token-file', token);
    expect([refused.code, refused.err.split('\n')[0]]).toEqual([
      1,
      expect.stringMatching(/: to end a lockdown needs the role `operate`: the token is of `lockdown`$/),
    ]);
    expect((await lockdown('off', ...REASON)).code).toBe(0);
  });

  test('one that is not on cannot be ended, which is no matter of roles', async () => {
    await admin.serve();
    const { code, err } = await lockdown('off', ...REASON);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^error: lockdown off is not confirmed by unix:\S+: there is no such lockdown\n$/),
    ]);
  });

  test('a partner that the policy does not have is a slip, and no matter for the file', async () => {
    await admin.serve();
    const { code, err, out } = await lockdown('on', '--partner', 'pya', ...REASON);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error: lockdown on is not confirmed by unix:\S+: no partner `pya` in the policy in force\n$/);
  });
});

describe('where the gateway cannot be asked', () => {
  const helps = (err: string): string[] => err.split('\n').filter((line) => line.startsWith('  help: '));

  test('on says exactly how to have it without, and what it says works', async () => {
    const { code, out, err } = await lockdown('on', ...REASON);
    expect([code, out]).toEqual([1, '']);
    expect(err.split('\n')[0]).toMatch(
      /^error: lockdown on is not confirmed by unix:\S+admin\.sock: there is no such socket$/,
    );
    expect(helps(err)).toEqual([
      `  help: without the admin API: headgate lockdown on --reason 'numbers at a stranger' --config ${admin.config} --file`,
      `  help: by hand, as the gateway’s user: touch ${switchFile}`,
    ]);
    execFileSync('/bin/sh', ['-c', helps(err)[1]?.split('user: ')[1] ?? 'false']);
    expect(ordered()).toBe('all');
  });

  test('for a partner too', async () => {
    const { err } = await lockdown('on', '--partner', 'pay', ...REASON);
    expect(helps(err)[0]).toContain('lockdown on --partner pay --reason');
    execFileSync('/bin/sh', ['-c', helps(err)[1]?.split('user: ')[1] ?? 'false']);
    expect(ordered()).toEqual(['pay']);
    expect(readdirSync(admin.state)).toEqual(['LOCKDOWN']);
  });

  test.each<[string, string]>([
    ['the admin API is off', 'off'],
    ['nobody listens', '{ address: "127.0.0.1:1" }'],
    ['the token cannot be read', '{ address: "unix:admin.sock", tokens: { lockdown: absent } }'],
  ])('and where %s', async (_, settings) => {
    admin.remove();
    admin = makeAdminGateway(settings);
    const { code, err } = await lockdown('on', ...REASON);
    expect([code, helps(err)]).toEqual([1, expect.arrayContaining([expect.stringContaining('/LOCKDOWN')])]);
    expect(err).toMatch(/^error: lockdown on is not confirmed/);
  });

  test('and where it fails, or is no headgate', async () => {
    await admin.serve();
    admin.gateway.broken = new Error('broken');
    expect(helps((await lockdown('on', ...REASON)).err)).toHaveLength(2);
    admin.stop();
    const other = createServer((socket) => socket.resume().end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    await new Promise<void>((resolve) => other.listen(join(admin.space.folder, 'admin.sock'), resolve));
    const { err, out } = await lockdown('on', ...REASON);
    await new Promise((resolve) => other.close(resolve));
    expect([helps(err).length, out]).toEqual([2, '']);
    expect(err).toContain('what answers there is no headgate: it answered 200');
  });

  test('off has no other way', async () => {
    const { code, err } = await lockdown('off', ...REASON);
    expect([code, helps(err)]).toEqual([
      1,
      ['  help: a lockdown ends only through the admin API, by the role `operate`'],
    ]);
    expect(await lockdown('off', ...REASON, '--file')).toEqual({
      code: 64,
      out: '',
      err: 'error: a lockdown ends only through the admin API: `--file` is for `on`\n',
    });
  });

  test('settings that cannot be read leave the hand', async () => {
    writeFileSync(admin.config, 'listeners: [\n');
    const { code, err } = await lockdown('on', ...REASON);
    expect(code).toBe(1);
    expect(helps(err).at(-1)).toBe('  help: by hand: make the file LOCKDOWN in the gateway’s state folder');
  });
});

describe('the file', () => {
  test('is written with who and why, readable for the gateway, and nothing else is left', async () => {
    const { code, out, err } = await lockdown('on', ...REASON, '--by', 'dana', '--file');
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`\`${switchFile}\` is written: the gateway takes it within a second, or when it starts\n`);
    expect(readFileSync(switchFile, 'utf8')).toBe('all # dana: numbers at a stranger\n');
    expect(ordered()).toBe('all');
    expect(statSync(switchFile).mode & 0o444).toBe(0o444);
    expect(readdirSync(admin.state)).toEqual(['LOCKDOWN']);
  });

  test('a second partner stands beside the first', async () => {
    writeFileSync(switchFile, 'pay');
    await lockdown('on', '--partner', 'bank', ...REASON, '--file');
    await lockdown('on', '--partner', 'bank', ...REASON, '--file');
    expect(ordered()).toEqual(['pay', 'bank']);
    expect(readFileSync(switchFile, 'utf8').split('\n')).toHaveLength(3);
  });

  test('no remark orders anything or holds a number', async () => {
    const reason = 'a\nall\u2028bank, +447700900123 # x';
    await lockdown('on', '--partner', 'pay', '--reason', reason, '--by', 'dana', '--file');
    expect(readFileSync(switchFile, 'utf8')).toBe('pay # dana: a all bank, +[digits] # x\n');
    expect(ordered()).toEqual(['pay']);
  });

  test('everyone after a partner is everyone', async () => {
    await lockdown('on', '--partner', 'pay', ...REASON, '--file');
    await lockdown('on', ...REASON, '--file');
    expect(ordered()).toBe('all');
  });

  test.each(['', '# why?\n', 'all\n', 'pay\nall'])(
    'a file that locks down everyone (`%s`) stays as it is',
    async (text) => {
      writeFileSync(switchFile, text);
      const { code, out } = await lockdown('on', '--partner', 'pay', ...REASON, '--file');
      expect(code).toBe(0);
      expect(out).toContain('says so already');
      expect(readFileSync(switchFile, 'utf8')).toBe(text);
    },
  );

  test('whoever reads it while it is made never sees half of it', async () => {
    // An empty file is everyone: a partner's lockdown must not be taken for that. The reader is a thread of its own.
    const reading = `
      const { readFileSync } = require('node:fs');
      const { parentPort, workerData: { file, stop } } = require('node:worker_threads');
      const seen = new Set();
      parentPort.postMessage('reading');
      while (Atomics.load(stop, 0) === 0) try { seen.add(readFileSync(file, 'utf8')); } catch {}
      parentPort.postMessage([...seen]);`;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const reader = new Worker(reading, { eval: true, workerData: { file: switchFile, stop } });
    await once(reader, 'message');
    for (let round = 0; round < 700; round += 1) {
      switchOn(admin.state, { partner: 'pay', remark: 'x' });
      rmSync(switchFile);
    }
    const seen = once(reader, 'message') as Promise<[string[]]>;
    Atomics.store(stop, 0, 1);
    expect((await seen)[0].filter((text) => text !== 'pay # x\n')).toEqual([]);
  });

  test('a folder that is not there, or may not be written, ends with 1 and says as whom to try', async () => {
    admin.remove();
    admin = makeAdminGateway();
    chmodSync(admin.state, 0o500);
    // Root may write everywhere: the folder is a file then.
    const file =
      userInfo().uid === 0
        ? admin.space.write(
            'headgate.yaml',
            readFileSync(admin.config, 'utf8').replace('state: state', 'state: policy.yaml'),
          )
        : admin.config;
    const { code, err, out } = await run('lockdown', 'on', ...REASON, '--file', '--config', file);
    chmodSync(admin.state, 0o700);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^error: cannot write `\S+LOCKDOWN`: .+\n {2}help: run it as the gateway’s user, or as root\n$/,
    );
  });
});

test.each<[string, readonly string[]]>([
  ['no reason', ['on']],
  ['no state', REASON],
  ['another state', ['maybe', ...REASON]],
  ['no id', ['on', '--partner', 'pay bank', ...REASON]],
])('%s is wrong usage', async (_, words) => {
  await admin.serve();
  expect((await lockdown(...words)).code).toBe(64);
  expect(admin.gateway.orders).toEqual([]);
});
