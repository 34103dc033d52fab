// Both files and what they name, read together: each thing that can be wrong is one problem in plain words.
import { chmodSync, mkdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readConfiguration } from '../../src/control/configuration.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from './workspace.js';

const KEY = 'k'.repeat(32);
let space: Workspace;
afterEach(() => space.remove());

function read(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  prepare: (space: Workspace) => void = () => undefined,
) {
  space = makeWorkspace(files);
  prepare(space);
  const { outcome, sources } = readConfiguration(space.config, {
    now: Date.now(),
    machine: { processors: 1, descriptors: 100_000 },
    folder: space.folder,
  });
  const say = ({ code, message, severity, span }: (typeof outcome.problems)[number]) =>
    `${severity} ${code}: ${message.replaceAll(space.folder, '.')}${span === undefined ? '' : ` @${span.line}`}`;
  return { outcome, sources, problems: outcome.problems.map(say) };
}

const withKeys = (...lines: string[]) => `${SETTINGS}keys:\n${lines.map((line) => `  ${line}\n`).join('')}`;
const pseudonym = POLICY.replace('as: unchanged', 'as: pseudonym, key: acme-2026');

describe('both files', () => {
  test('good ones become one configuration, with keys read and their line ends left out', () => {
    const { outcome, sources } = read({
      'headgate.yaml': withKeys('acme-2026: key'),
      'policy.yaml': pseudonym,
      key: `${KEY}\r\n`,
    });
    if (!outcome.ok) throw new Error('not ok');
    expect(Buffer.from(outcome.value.policy.keys['acme-2026'] ?? []).toString()).toBe(KEY);
    expect(outcome.value.policy.policy.partners.map((partner) => partner.id)).toEqual(['pay']);
    expect(sources.map((source) => source.file)).toEqual([space.config, 'policy.yaml']);
  });

  test.each<[string, Readonly<Record<string, string | Uint8Array>>, string[]]>([
    [
      'a key that is not there',
      { 'headgate.yaml': withKeys('a: nothing') },
      ['error key-unreadable: cannot read key `a` from `./nothing`: no such file'],
    ],
    [
      'a key that is a folder',
      { 'headgate.yaml': withKeys('a: folder') },
      ['error key-unreadable: cannot read key `a` from `./folder`: it is a folder'],
    ],
    [
      'a key that is too short',
      { 'headgate.yaml': withKeys('a: key'), key: `${KEY.slice(1)}\n\n` },
      ['error key-size: key `a` in `./key` has 31 bytes: at least 32'],
    ],
    [
      'a key that is too long',
      { 'headgate.yaml': withKeys('a: key'), key: 'x'.repeat(4097) },
      ['error key-size: key `a` in `./key` has 4097 bytes: at most 4096'],
    ],
    [
      'an authority that is not there',
      { 'headgate.yaml': `${SETTINGS}destinations: { tls: { ca: [ca.pem] } }\n` },
      ['error authority-unreadable: cannot read certificate authorities from `./ca.pem`: no such file'],
    ],
    [
      'an authority that is none',
      { 'headgate.yaml': `${SETTINGS}destinations: { tls: { ca: [ca.pem] } }\n`, 'ca.pem': 'no' },
      ['error authority-invalid: `./ca.pem` is no list of certificates: it takes PEM blocks'],
    ],
    [
      'a key that the policy names and the settings lack',
      { 'policy.yaml': pseudonym },
      ['error key-unknown: key `acme-2026` is not in `keys` of the settings @10'],
    ],
    [
      'a listener that the policy names and the settings lack',
      { 'policy.yaml': POLICY.replace('hosts:', 'listeners: [intranet]\n    hosts:') },
      ['error listener-unknown: listener `intranet` is not in the settings @8'],
    ],
    [
      'settings that are wrong: the policy is not looked at',
      { 'headgate.yaml': `${SETTINGS}x: 1\n`, 'policy.yaml': 'y: 1\n' },
      ['error unknown-key: unknown key `x` @6'],
    ],
  ])('%s', (_, files, expected) => {
    const { problems, outcome } = read(files, ({ folder }) => mkdirSync(join(folder, 'folder')));
    expect(outcome.ok).toBe(false);
    expect(problems.filter((problem) => problem.startsWith('error'))).toEqual(expected);
  });

  test('a policy that is not there', () => {
    const { problems } = read({}, ({ folder }) => unlinkSync(join(folder, 'policy.yaml')));
    expect(problems).toEqual(['error file: cannot read `policy.yaml`: no such file']);
  });

  test('settings that are not there', () => {
    const { problems } = read({}, ({ config }) => unlinkSync(config));
    expect(problems).toEqual(['error file: cannot read `./headgate.yaml`: no such file']);
  });

  test('a misspelt listener is told which one was meant', () => {
    const { outcome } = read({ 'policy.yaml': POLICY.replace('hosts:', 'listeners: [internt]\n    hosts:') });
    expect(outcome.problems.find((problem) => problem.code === 'listener-unknown')?.help).toBe(
      'did you mean `internet`?',
    );
  });

  test('a key that everyone can read is a warning, and serves', () => {
    const { outcome, problems } = read({ 'headgate.yaml': withKeys('a: key'), key: KEY }, ({ folder }) =>
      chmodSync(join(folder, 'key'), 0o644),
    );
    expect(outcome.ok).toBe(true);
    expect(problems.filter((problem) => problem.includes('key-mode'))).toEqual([
      'warning key-mode: key `a` in `./key` is open to every user of this machine: whoever reads it can undo the pseudonyms',
    ]);
  });

  test('on another machine a key that is not there is a warning, a key that is bad is not', () => {
    space = makeWorkspace({ 'headgate.yaml': withKeys('a: nothing', 'b: key'), key: 'short' });
    const machine = { processors: 1, descriptors: null };
    const look = () =>
      readConfiguration(space.config, { now: Date.now(), machine, folder: space.folder, isElsewhere: true }).outcome;
    expect(look().problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning transport-http',
      'warning key-unreadable',
      'error key-size',
    ]);
    space.write('key', KEY);
    expect(look().ok).toBe(true);
  });

  test.each([
    ['approval.signers', 'approval: { signers: gone }\n'],
    ['approval.revoked', 'approval: { revoked: gone }\n'],
    ['ceiling', 'ceiling: gone\n'],
  ])('a file of `%s` that cannot be read is an error, and on another machine a warning', (setting, line) => {
    space = makeWorkspace({ 'headgate.yaml': `${SETTINGS}${line}` });
    const machine = { processors: 1, descriptors: null };
    const look = (isElsewhere: boolean): readonly string[] =>
      readConfiguration(space.config, { now: Date.now(), machine, folder: space.folder, isElsewhere })
        .outcome.problems.filter(({ code }) => code === 'trust-unreadable')
        .map(({ severity, message }) => `${severity}: ${message}`);
    const said = `cannot read \`${setting}\` from \`${join(space.folder, 'gone')}\`: no such file`;
    expect(look(false)).toEqual([`error: ${said}`]);
    expect(look(true)).toEqual([`warning: ${said}`]);
  });

  test('no problem says anything of a key’s content', () => {
    const { outcome } = read({ 'headgate.yaml': withKeys('a: key'), key: 'secret' });
    expect(JSON.stringify(outcome.problems)).not.toContain('secret');
  });
});
