// `headgate check`: exit codes and what is said where, for the two ways to call it.
import { join } from 'node:path';
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
