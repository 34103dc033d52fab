// One signature has one text: whatever else could be read as it is refused, here or by ssh-keygen, and nowhere do we take more.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { parseSshSignature } from '../../src/change/ssh-signature.js';
import { describeWith } from '../programs.js';
import { mpint, sshsig, string, toBeSigned, uint32 } from './authenticator.js';
import { ALICE, armorOf, judge, MESSAGE, NAMESPACE, outcomeOf, SshBench } from './ssh-bench.js';

interface Pair {
  readonly blob: Buffer;
  readonly line: string;
  readonly privateKey: KeyObject;
}
const part = (key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Buffer =>
  Buffer.from(key.export({ format: 'jwk' })[name] ?? '', 'base64url');
function pairOf(type: string, { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Pair {
  const own =
    type === 'ssh-rsa'
      ? [mpint(part(publicKey, 'e')), mpint(part(publicKey, 'n'))]
      : type === 'ssh-ed25519'
        ? [string(part(publicKey, 'x'))]
        : [string('nistp256'), string(Buffer.concat([Buffer.of(4), part(publicKey, 'x'), part(publicKey, 'y')]))];
  const blob = Buffer.concat([string(type), ...own]);
  return { blob, privateKey, line: `${type} ${blob.toString('base64')}` };
}
const ED = pairOf('ssh-ed25519', generateKeyPairSync('ed25519'));
const EC = pairOf('ecdsa-sha2-nistp256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const RSA = pairOf('ssh-rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }));
const SIGNERS = [ED, EC, RSA].map(({ line }) => `${ALICE} ${line}\n`).join('');

const edBytes = (hash = 'sha512', namespace = NAMESPACE): Buffer =>
  sign(null, toBeSigned(MESSAGE, namespace, hash), ED.privateKey);
const edInner = (bytes: Uint8Array, type = 'ssh-ed25519'): Buffer => Buffer.concat([string(type), string(bytes)]);
const GOOD = sshsig(ED.blob, edInner(edBytes()));
const ARMORED = armorOf(GOOD);
const BODY = GOOD.toString('base64');
if (!/[AQgw]==$/.test(BODY)) throw new Error('the last character has no free bits');
const around = (body: string): string => `-----BEGIN SSH SIGNATURE-----\n${body}\n-----END SSH SIGNATURE-----\n`;

const ecRaw = sign('sha256', toBeSigned(MESSAGE), { key: EC.privateKey, dsaEncoding: 'ieee-p1363' });
const [R, S] = [ecRaw.subarray(0, 32), ecRaw.subarray(32)];
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const otherS = Buffer.from((ORDER - BigInt(`0x${S.toString('hex')}`)).toString(16).padStart(64, '0'), 'hex');
const ec = (...numbers: readonly Uint8Array[]): string =>
  armorOf(sshsig(EC.blob, Buffer.concat([string('ecdsa-sha2-nistp256'), string(Buffer.concat(numbers))])));
const rsa = (algorithm: string, hash: string): string =>
  armorOf(
    sshsig(RSA.blob, Buffer.concat([string(algorithm), string(sign(hash, toBeSigned(MESSAGE), RSA.privateKey))])),
  );
const withParts = (version: number, reserved: string, hash = 'sha512'): string =>
  armorOf(
    Buffer.concat([
      Buffer.from('SSHSIG'),
      uint32(version),
      ...[ED.blob, NAMESPACE, reserved, hash, edInner(edBytes())].map(string),
    ]),
  );

/** The rule, the text, what we say, what ssh-keygen says. */
const ROWS: readonly (readonly [string, string, string, boolean])[] = [
  ['as ssh-keygen writes it', ARMORED, 'counts', true],
  ['without the last line end', ARMORED.trimEnd(), 'counts', true],
  ['lines of another length', around(BODY.replace(/.{64}/g, '$&\n')), 'counts', true],
  ['lines that end with CRLF', ARMORED.replaceAll('\n', '\r\n'), 'signature-malformed', false],
  ['a text before it', `approved\n${ARMORED}`, 'signature-malformed', false],
  ['a text after it', `${ARMORED}approved\n`, 'signature-malformed', true],
  ['a second signature after it', ARMORED + ARMORED, 'signature-malformed', true],
  ['an empty line inside', around(`\n${BODY}`), 'signature-malformed', true],
  ['a space inside', around(BODY.replace(/^.{8}/, '$& ')), 'signature-malformed', true],
  [
    'a last character with bits that say nothing',
    around(BODY.replace(/.==$/, (last) => `${String.fromCharCode(last.charCodeAt(0) + 1)}==`)),
    'signature-malformed',
    false,
  ],
  ['no body', around(''), 'signature-malformed', false],
  ['no text', '', 'signature-malformed', false],
  ['version 0', withParts(0, ''), 'signature-malformed', true],
  ['version 2', withParts(2, ''), 'signature-malformed', false],
  ['something in the reserved field', withParts(1, 'x'), 'signature-malformed', true],
  ['a byte after the signature', armorOf(Buffer.concat([GOOD, Buffer.of(0)])), 'signature-malformed', false],
  [
    'a byte after the signature inside',
    armorOf(sshsig(ED.blob, Buffer.concat([edInner(edBytes()), Buffer.of(0)]))),
    'signature-malformed',
    false,
  ],
  [
    'one byte too few of Ed25519',
    armorOf(sshsig(ED.blob, edInner(edBytes().subarray(0, 63)))),
    'signature-malformed',
    false,
  ],
  [
    'one byte too many of Ed25519',
    armorOf(sshsig(ED.blob, edInner(Buffer.concat([edBytes(), Buffer.of(0)])))),
    'signature-malformed',
    false,
  ],
  ['the algorithm of another key', armorOf(sshsig(ED.blob, edInner(edBytes(), 'ssh-rsa'))), 'algorithm-refused', false],
  ['sha256', armorOf(sshsig(ED.blob, edInner(edBytes('sha256')), NAMESPACE, 'sha256')), 'counts', true],
  ['a hash that is not the one of the signature', withParts(1, '', 'sha256'), 'signature-invalid', false],
  ['sha1', armorOf(sshsig(ED.blob, edInner(edBytes('sha1')), NAMESPACE, 'sha1')), 'algorithm-refused', false],
  ['sha384', armorOf(sshsig(ED.blob, edInner(edBytes('sha384')), NAMESPACE, 'sha384')), 'algorithm-refused', false],
  ['no namespace', armorOf(sshsig(ED.blob, edInner(edBytes('sha512', '')), '')), 'signature-malformed', false],
  [
    'the bare text signed, without what SSH puts around it',
    armorOf(sshsig(ED.blob, edInner(sign(null, MESSAGE, ED.privateKey)))),
    'signature-invalid',
    false,
  ],
  ['RSA with SHA-512', rsa('rsa-sha2-512', 'sha512'), 'counts', true],
  ['RSA with SHA-256', rsa('rsa-sha2-256', 'sha256'), 'counts', true],
  ['RSA with SHA-1', rsa('ssh-rsa', 'sha1'), 'algorithm-refused', false],
  ['RSA that names another hash', rsa('rsa-sha2-512', 'sha256'), 'signature-invalid', false],
  ['ECDSA', ec(mpint(R), mpint(S)), 'counts', true],
  ['ECDSA, the other of its two forms', ec(mpint(R), mpint(otherS)), 'counts', true],
  [
    'ECDSA with numbers that are not in their shortest form',
    ec(string(Buffer.concat([Buffer.alloc(2), R])), mpint(S)),
    'signature-malformed',
    true,
  ],
  ['ECDSA with no number', ec(string(''), mpint(S)), 'signature-malformed', false],
  ['ECDSA with three numbers', ec(mpint(R), mpint(S), mpint(S)), 'signature-malformed', false],
  ['ECDSA with a number that is too long', ec(mpint(Buffer.alloc(33, 1)), mpint(S)), 'signature-malformed', false],
  [
    'ECDSA with the order as a number',
    ec(mpint(R), mpint(Buffer.from(ORDER.toString(16), 'hex'))),
    'signature-invalid',
    false,
  ],
];

test.each(ROWS)('%s', (_rule, signature, expected) => {
  expect(outcomeOf(judge({ signers: SIGNERS, message: MESSAGE, signature }))).toBe(expected);
});

describeWith(['ssh-keygen'], 'ssh-keygen', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());
  test.each(ROWS)('%s', (_rule, signature, _ours, expected) => {
    expect(bench.accepts({ signers: SIGNERS, message: MESSAGE, signature })).toBe(expected);
  });
});

test('nowhere is more taken than ssh-keygen takes', () => {
  expect(ROWS.filter(([, , ours, theirs]) => ours === 'counts' && !theirs)).toEqual([]);
});

test('a signature says its key, namespace, hash and algorithm', () => {
  const fingerprint = `SHA256:${createHash('sha256').update(ED.blob).digest('base64').slice(0, 43)}`;
  expect(parseSshSignature(ARMORED)).toEqual({
    ok: true,
    value: {
      publicKey: expect.objectContaining({
        base64: ED.blob.toString('base64'),
        fingerprint,
        application: undefined,
      }) as object,
      keyType: 'ssh-ed25519',
      namespace: NAMESPACE,
      hashAlgorithm: 'sha512',
      signature: { algorithm: 'ssh-ed25519', hash: null, bytes: edBytes(), authenticator: undefined },
    },
  });
});

test('wherever it is cut, it is malformed', () => {
  for (let length = 0; length < GOOD.length; length += 1)
    expect(parseSshSignature(armorOf(GOOD.subarray(0, length)))).toMatchObject({
      ok: false,
      code: 'signature-malformed',
    });
});

test('a text that is too long is not read', () => {
  const text = around('AAAA\n'.repeat(4000).trimEnd());
  expect(parseSshSignature(text)).toEqual({
    ok: false,
    code: 'signature-malformed',
    message: `the signature has ${text.length} characters: at most 16384`,
  });
});
