// The list of signers is taken as it was written, or refused with the place of each fault.
import { generateKeyPairSync } from 'node:crypto';
import { parseAllowedSigners } from '../../src/change/allowed-signers.js';
import { renderProblems } from '../../src/document/render.js';
import { describeWith } from '../programs.js';
import { Authenticator, mpint, string } from './authenticator.js';
import { ALICE, MESSAGE, SshBench } from './ssh-bench.js';

function lineOf(type: string, ...parts: readonly Uint8Array[]): string {
  return `${type} ${Buffer.concat([string(type), ...parts]).toString('base64')}`;
}
function ed25519(): string {
  const { x = '' } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  return lineOf('ssh-ed25519', string(Buffer.from(x, 'base64url')));
}
const KEY = ed25519();
const OTHER = ed25519();
const HARD = new Authenticator('sk-ssh-ed25519@openssh.com').line;
const filled = (text: string): string =>
  text.replaceAll('KEY', KEY).replaceAll('OTHER', OTHER).replaceAll('HARD', HARD);
const read = (text: string): ReturnType<typeof parseAllowedSigners> =>
  parseAllowedSigners({ file: 'allowed_signers', text: filled(text) });
/** `line:column-end code message`, one for each problem. */
function problemsOf(text: string): readonly string[] {
  return read(text).problems.map(
    ({ code, message, span }) => `${span?.line}:${span?.column}-${span?.endColumn} ${code}: ${message}`,
  );
}

test('a line is a person, groups, what narrows the key, and the key', () => {
  const options =
    'namespaces="headgate-*,!headgate-x",valid-after="20260101",valid-before="202712312359Z",verify-required';
  const outcome = read(
    `# us\n\n${ALICE},group:privacy,group:duty ${options} HARD her key\nbob@operator.example OTHER\n`,
  );
  expect(outcome).toMatchObject({
    ok: true,
    problems: [],
    value: {
      keys: [
        {
          person: ALICE,
          groups: ['duty', 'privacy'],
          namespaces: 'headgate-*,!headgate-x',
          validAfterMs: Date.UTC(2026, 0, 1),
          validBeforeMs: Date.UTC(2027, 11, 31, 23, 59),
          isVerifyRequired: true,
          key: { type: 'sk-ssh-ed25519@openssh.com', application: 'ssh:' },
          line: 3,
        },
        {
          person: 'bob@operator.example',
          groups: [],
          namespaces: null,
          validAfterMs: null,
          validBeforeMs: null,
          isVerifyRequired: false,
          key: { type: 'ssh-ed25519' },
          line: 4,
        },
      ],
    },
  });
});

describe('a bad line refuses the list, with its place', () => {
  test.each([
    [
      'a wildcard names many',
      '*@operator.example KEY',
      /^1:1-19 signer-person: `\*@operator\.example` names no one person/,
    ],
    ['one character of many, too', 'alic?@operator.example KEY', /^1:1-23 signer-person/],
    ['an exclusion names nobody', '!bob@operator.example,alice KEY', /^1:1-\d+ signer-person/],
    ['a group is no person', 'group:privacy KEY', /^1:1-14 signer-person/],
    [
      'a second person needs a line',
      'alice@x.example,bob@x.example KEY',
      /^1:1-30 signer-person: `bob@x\.example` is no group/,
    ],
    ['a group has a name', 'alice@x.example,group: KEY', /signer-person: `group:` is no group/],
    ['a group is in small letters', 'alice@x.example,group:Privacy KEY', /signer-person/],
    ['a list that ends with a comma', 'alice@x.example, KEY', /signer-person: `` is no group/],
    ['a line without a key', '  alice@x.example', /^1:3-18 signer-key: no key on the line$/],
    ['a key without a person', 'KEY', /^1:1-12 signer-person: a key without its person/],
    ['options without a key', 'alice@x.example namespaces="a"', /signer-key: no key on the line/],
    ['a type without its key', 'alice@x.example ssh-ed25519', /signer-key: no key on the line/],
    ['an open quote', 'alice@x.example namespaces="a KEY', /signer-key: a quote is open/],
    [
      'another type before the key',
      `alice@x.example ssh-rsa ${KEY.split(' ')[1]}`,
      /^1:17-24 signer-key: `ssh-rsa` before a key of type `ssh-ed25519`$/,
    ],
    ['a key that is cut', `alice@x.example ${KEY.slice(0, -4)}`, /signer-key: the `ssh-ed25519` key is not readable$/],
    [
      'a key with bytes left over',
      `alice@x.example ${lineOf('ssh-ed25519', string(Buffer.alloc(32, 7)), Buffer.of(0))}`,
      /signer-key: /,
    ],
    ['base64 that is not canonical', `alice@x.example ${KEY}=`, /signer-key: the key is no whole base64$/],
    [
      'a DSA key',
      `alice@x.example ${lineOf('ssh-dss')}`,
      /signer-algorithm: a key of type `ssh-dss`: accepted are ssh-ed25519/,
    ],
    [
      'a certificate',
      `alice@x.example ${lineOf('ssh-ed25519-cert-v01@openssh.com', string('x'))}`,
      /signer-certificate: a certificate/,
    ],
    ['an authority', 'alice@x.example cert-authority KEY', /^1:17-31 signer-certificate: `cert-authority`/],
    [
      'a hardware key of a web site',
      `alice@x.example ${new Authenticator('sk-ssh-ed25519@openssh.com', 'https://x.example').line}`,
      /signer-algorithm: a hardware key that was made for another application/,
    ],
    [
      'an option that nobody knows',
      'alice@x.example no-touch-required KEY',
      /^1:17-34 signer-option: unknown option `no-touch-required`$/,
    ],
    ['a misspelt option', 'alice@x.example valid-befor="20271231" KEY', /signer-option: unknown option `valid-befor`$/],
    [
      'an option twice',
      'alice@x.example namespaces="a",namespaces="b" KEY',
      /^1:32-46 signer-option: option `namespaces` is written twice/,
    ],
    [
      'a value without quotes',
      'alice@x.example namespaces=a KEY',
      /signer-option: the value of `namespaces` is not in quotes/,
    ],
    [
      'an option without its value',
      'alice@x.example valid-after KEY',
      /signer-option: option `valid-after` has no value$/,
    ],
    [
      'a value where none belongs',
      'alice@x.example verify-required="x" KEY',
      /signer-option: option `verify-required` takes no value$/,
    ],
    ['options that end with a comma', 'alice@x.example namespaces="a", KEY', /signer-option: unknown option ``$/],
    ['a space between options', 'alice@x.example namespaces="a", valid-after="20200101" KEY', /signer-/],
    ['a word right after a value', 'alice@x.example namespaces="a"b KEY', /signer-option: `b` after an option/],
    ['namespaces of none', 'alice@x.example namespaces="" KEY', /signer-option: `namespaces` takes patterns/],
    ['an empty pattern', 'alice@x.example namespaces="a,,b" KEY', /signer-option: `namespaces` takes patterns/],
    [
      'a day that no calendar has',
      'alice@x.example valid-after="20260230" KEY',
      /^1:17-39 signer-time: `valid-after` is `20260230`/,
    ],
    ['a time of another form', 'alice@x.example valid-before="2026-12-31" KEY', /signer-time/],
    [
      'a key that is never valid',
      'alice@x.example valid-after="20270101",valid-before="20270101" KEY',
      /^1:40-63 signer-time: `valid-before` is not after/,
    ],
    [
      'a touch asked of a key in no hardware',
      'alice@x.example verify-required KEY',
      /^1:17-32 signer-option: `verify-required` of a key that is in no hardware/,
    ],
    [
      'one key of two people',
      'alice@x.example KEY\nbob@x.example KEY x',
      /^2:1-\d+ signer-key-shared: one key of `alice@x\.example` \(line 1\) and `bob@x\.example`/,
    ],
    ['two spellings of one person', 'alice@x.example KEY\nAlice@x.example OTHER', /^2:1-\d+ signer-person-case: /],
  ])('%s', (_rule, text, expected) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(expected)]);
    expect(read(text).ok).toBe(false);
    expect(read(`bob@operator.example OTHER\n${text}`).ok).toBe(false);
  });

  test('all are reported, each on its line', () => {
    const text = '# a comment\nalice@x.example\n\nbob@x.example bad KEY\r\n*@x.example KEY\n';
    expect(problemsOf(text).map((problem) => problem.split(':')[0])).toEqual(['2', '4', '5']);
    expect(renderProblems(read(text).problems, [{ file: 'allowed_signers', text: filled(text) }])).toContain(
      'allowed_signers:4:15: error: unknown option `bad` [signer-option]',
    );
  });

  test('a text that is too long is refused whole', () => {
    expect(problemsOf(`# ${'x'.repeat(1_048_576)}`)).toEqual([expect.stringMatching(/keys-size: .*1048578 .*1048576/)]);
  });
});

test.each([
  ['at the least', 2048, true],
  ['one bit less', 2047, false],
  ['at the most', 16_384, true],
  ['one bit more', 16_385, false],
])('an RSA key is of 2,048 to 16,384 bits: %s', (_rule, bits, ok) => {
  const n = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  n.writeUInt8(0xff >> (8 * n.length - bits), 0);
  expect(read(`alice@x.example ${lineOf('ssh-rsa', mpint(Buffer.of(1, 0, 1)), mpint(n))}`)).toMatchObject(
    ok
      ? { ok }
      : { ok, problems: [{ code: 'signer-algorithm', message: expect.stringContaining(`of ${bits} bits`) as string }] },
  );
});

test.each([
  ['an exponent of 1, of which every text is its own signature', mpint(Buffer.of(1))],
  ['an even exponent', mpint(Buffer.of(1, 0, 0))],
  ['an exponent that is not in its shortest form', string(Buffer.of(0, 3))],
  ['a negative exponent', string(Buffer.of(0x81))],
  ['no exponent', string('')],
])('an RSA key with %s is no key', (_rule, e) => {
  const line = lineOf('ssh-rsa', e, mpint(Buffer.alloc(256, 0xff)));
  expect(problemsOf(`alice@x.example ${line}`)).toEqual([expect.stringMatching(/signer-key/)]);
});

test.each([
  ['off its curve', 'nistp256', Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)])],
  ['of another curve', 'nistp384', Buffer.concat([Buffer.of(4), Buffer.alloc(96, 1)])],
  ['compressed', 'nistp256', Buffer.concat([Buffer.of(2), Buffer.alloc(32, 1)])],
])('an ECDSA key with a point %s is no key', (_rule, curve, point) => {
  const line = lineOf('ecdsa-sha2-nistp256', string(curve), string(point));
  expect(problemsOf(`alice@x.example ${line}`)).toEqual([expect.stringMatching(/signer-key/)]);
});

test('other groups on another line of one person are said, and not refused', () => {
  const text = `${ALICE},group:privacy KEY\n${ALICE} OTHER`;
  expect(read(text)).toMatchObject({ ok: true, problems: [{ code: 'signer-groups', severity: 'warning' }] });
});

describeWith(['ssh-keygen'], 'what is read here, ssh-keygen reads alike', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());
  test.each([
    ['plain', `${ALICE} KEY`],
    ['with groups', `${ALICE},group:privacy KEY`],
    [
      'with every option it knows',
      `${ALICE} namespaces="headgate-approval,file",valid-after="20200101Z",valid-before="20991231235959Z" KEY`,
    ],
    ['in quotes', `"${ALICE},group:privacy" namespaces="headgate-approval" KEY`],
    ['a space inside a value', `${ALICE} namespaces="headgate-approval,a b" KEY x`],
    ['tabs', `\t${ALICE}\tKEY\tx`],
  ])('%s', (_rule, text) => {
    const key = bench.newKey('-t', 'ed25519');
    const signers = text.replace('KEY', key.line);
    expect(parseAllowedSigners({ file: 'allowed_signers', text: signers })).toMatchObject({
      ok: true,
      value: { keys: [{ person: ALICE }] },
    });
    expect(bench.accepts({ signers, message: MESSAGE, signature: bench.sign(key.path, MESSAGE) })).toBe(true);
  });
});
