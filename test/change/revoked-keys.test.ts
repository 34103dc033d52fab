// A list of revoked keys is understood whole or refused: no key is passed over.
import { parseRevokedKeys } from '../../src/change/revoked-keys.js';
import { Authenticator, string } from './authenticator.js';

const KEY = new Authenticator('sk-ssh-ed25519@openssh.com').line;
const BASE64 = KEY.split(' ')[1] ?? '';
const read = (text: string): ReturnType<typeof parseRevokedKeys> => parseRevokedKeys({ file: 'revoked', text });

test.each([
  ['a key', KEY, [BASE64]],
  ['with its comment, between comments and empty lines', `# lost\n\n\t${KEY} laptop of alice\r\n`, [BASE64]],
  ['twice', `${KEY}\n${KEY}\n`, [BASE64]],
  ['nothing', '', []],
  ['a key of a kind that never counts', `ssh-dss ${Buffer.concat([string('ssh-dss')]).toString('base64')}`, []],
])('%s', (_rule, text, keys) => {
  expect(read(text)).toEqual({ ok: true, value: { keys: new Set(keys) }, problems: [] });
});

test.each([
  ['a key that is cut', KEY.slice(0, -8)],
  ['base64 alone', BASE64],
  ['options before the key', `namespaces="file" ${KEY}`],
  ['a person before the key', `alice@operator.example ${KEY}`],
  ['another type before the key', `ssh-ed25519 ${BASE64}`],
  [
    'a certificate, of which ssh-keygen would revoke the key inside',
    `ssh-ed25519-cert-v01@openssh.com ${string('ssh-ed25519-cert-v01@openssh.com').toString('base64')}`,
  ],
  ['a fingerprint', 'SHA256:bTyejcC55d71fbEnso/k9nyHbE8JB/uWjQBmFBejEVE'],
])('%s refuses the list, with its place', (_rule, line) => {
  expect(read(`${KEY}\n  ${line}\n`)).toMatchObject({
    ok: false,
    problems: [{ code: 'revoked-key', severity: 'error', span: { file: 'revoked', line: 2, column: 3 } }],
  });
});

test('a binary list is refused with what to do', () => {
  expect(read('SSHKRL\n\0\0\0\0\u0001')).toMatchObject({
    ok: false,
    problems: [{ code: 'revoked-krl', help: expect.stringContaining('.pub') as string }],
  });
});

test('a text that is too long is refused whole', () => {
  expect(read('#'.repeat(1_048_577))).toMatchObject({ ok: false, problems: [{ code: 'keys-size' }] });
});
