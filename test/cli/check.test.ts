// `headgate check`: exit codes and what is said where, for the two ways to call it.
import { appendFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { makeWorkspace, POLICY, type Workspace } from '../control/workspace.js';
import { run } from './run.js';

let space: Workspace;
afterEach(() => space.remove());
const file = (name: string): string => join(space.folder, name);

describe('headgate check POLICY', () => {
  test('a good policy ends in 0 and is summed up on standard output', async () => {
    space = makeWorkspace();
    const { code, out } = await run('check', file('policy.yaml'));
    expect(code).toBe(0);
    expect(out).toMatch(/policy\.yaml: 1 partner, digest [0-9a-f]{64}\n$/);
  });

  test('a bad one ends in 1, with every problem where it stands and nothing on standard output', async () => {
    space = makeWorkspace({ 'policy.yaml': `${POLICY}extra: 1\n` });
    const { code, out, err } = await run('check', file('policy.yaml'));
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      `${file('policy.yaml')}:13:1: error: unknown key \`extra\` [unknown-key]\n  13 | extra: 1\n     | ^^^^^\n`,
    );
  });

  test('one that releases what no approval can release ends in 4', async () => {
    space = makeWorkspace({ 'policy.yaml': POLICY.replace('pay.acme.example', '"**"') });
    const { code, err } = await run('check', file('policy.yaml'));
    expect(code).toBe(4);
    expect(err).toContain('[host-everyone]');
  });

  test('a file that is not there is one line', async () => {
    space = makeWorkspace();
    expect(await run('check', file('none.yaml'))).toEqual({
      code: 1,
      out: '',
      err: `error: cannot read \`${file('none.yaml')}\`: no such file [file]\n`,
    });
  });

  test('a folder in place of a file is one line', async () => {
    space = makeWorkspace();
    expect((await run('check', space.folder)).err).toBe(
      `error: cannot read \`${space.folder}\`: it is a folder [file]\n`,
    );
  });
});

describe('headgate check --config FILE', () => {
  test('two good files agree', async () => {
    space = makeWorkspace();
    const { code, out } = await run('check', '--config', space.config);
    expect(code).toBe(0);
    expect(out).toContain(' agree');
  });

  test('a policy that names what the settings lack ends in 1', async () => {
    space = makeWorkspace({ 'policy.yaml': POLICY.replace('hosts:', 'listeners: [intranet]\n    hosts:') });
    const { code, err } = await run('check', '--config', space.config);
    expect(code).toBe(1);
    expect(err).toContain('listener `intranet` is not in the settings [listener-unknown]');
  });

  test('the shipped files agree, though this machine has none of their keys', async () => {
    space = makeWorkspace();
    const { code, out } = await run('check', '--config', join(import.meta.dirname, '../../config/headgate.yaml'));
    expect(code).toBe(0);
    expect(out).toContain(' agree');
  });
});

describe('headgate check --config FILE looks at the files that `redis` names', () => {
  const checked = (redis: string, files: Readonly<Record<string, string>> = {}) => {
    space = makeWorkspace(files);
    appendFileSync(space.config, `redis:\n  url: rediss://redis.example:6379\n${redis}`);
    return run('check', '--config', space.config);
  };

  test('a password of one line that others cannot read, and certificates, are nothing to say', async () => {
    space = makeWorkspace({ password: 'a-long-password\n', 'ca.pem': rootCertificates[0] ?? '' });
    chmodSync(file('password'), 0o600);
    appendFileSync(
      space.config,
      'redis: { url: "rediss://redis.example:6379", passwordFile: password, tls: { ca: [ca.pem] } }\n',
    );
    const { code, err } = await run('check', '--config', space.config);
    expect([code, err]).toEqual([0, expect.not.stringMatching(/password|authorit|certificate/)]);
  });

  test('what is not there is a warning: this may be another machine', async () => {
    const { code, err } = await checked('  passwordFile: none\n  tls: { ca: [none.pem] }\n');
    expect(code).toBe(0);
    expect(err).toContain(
      `warning: cannot read certificate authorities from \`${file('none.pem')}\`: no such file [authority-unreadable]\n` +
        '  help: harmless on another machine; the gateway would go on alone there\n',
    );
    expect(err).toContain(
      `warning: cannot read \`redis.passwordFile\` from \`${file('none')}\`: no such file [password-unreadable]\n`,
    );
  });

  test('a password that every user can read is a warning', async () => {
    space = makeWorkspace({ password: 'a-long-password\n' });
    chmodSync(file('password'), 0o604);
    appendFileSync(space.config, 'redis: { url: "redis://redis.example:6379", passwordFile: password }\n');
    const { code, err } = await run('check', '--config', space.config);
    expect(code).toBe(0);
    expect(err).toMatch(/^warning: the password of Redis in `.*` is open to every user .*\[password-mode\]\n/m);
    expect(err).toContain(`help: chmod o-rwx ${file('password')}\n`);
    expect(err).not.toContain('a-long-password');
  });

  test.each([
    [
      'a password that is empty',
      { password: '\n', 'ca.pem': rootCertificates[0] ?? '' },
      'has nothing: it is one line',
    ],
    [
      'one of two lines',
      { password: 'one\ntwo\n', 'ca.pem': rootCertificates[0] ?? '' },
      'has 2 lines: it is one line',
    ],
    ['what is no certificate', { password: 'one\n', 'ca.pem': 'x' }, 'is no list of certificates: it takes PEM blocks'],
  ])('%s is an error', async (_, files, words) => {
    const { code, err } = await checked('  passwordFile: password\n  tls: { ca: [ca.pem] }\n', files);
    expect(code).toBe(1);
    expect(err).toContain(words);
  });

  test('with `--approvals` too, and beside what is wrong with the policy', async () => {
    const { code, err } = await checked('  passwordFile: none\n', { 'policy.yaml': `${POLICY}extra: 1\n` });
    expect([code, err]).toEqual([1, expect.stringMatching(/\[password-unreadable\][^]*\[unknown-key\]/)]);
    space.remove();
    space = makeWorkspace();
    appendFileSync(space.config, 'redis: { url: "redis://redis.example:6379", passwordFile: none }\n');
    expect((await run('check', '--config', space.config, '--approvals')).err).toContain('[password-unreadable]');
  });
});
