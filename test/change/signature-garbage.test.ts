// Garbage is refused, never thrown: any bytes in an armor, a good signature with anything put over it, lists of any words.
import fc from 'fast-check';
import { parseAllowedSigners } from '../../src/change/allowed-signers.js';
import { parseRevokedKeys } from '../../src/change/revoked-keys.js';
import { judgeSignature } from '../../src/change/signatures.js';
import { renderProblems } from '../../src/document/render.js';
import { Authenticator, FLAGS } from './authenticator.js';
import { ALICE, armorOf, MESSAGE, NAMESPACE, outcomeOf, signersOf } from './ssh-bench.js';

const KEYS = [new Authenticator('sk-ssh-ed25519@openssh.com'), new Authenticator('sk-ecdsa-sha2-nistp256@openssh.com')];
const SIGNERS = signersOf(KEYS.map(({ line }) => `${ALICE} ${line}\n`).join(''));
const SIGNED = KEYS.map((key) => key.sign(MESSAGE, FLAGS.present));
const REVOKED = { keys: new Set<string>() };
const judged = (signature: string): string =>
  outcomeOf(
    judgeSignature({ message: MESSAGE, signature, signers: SIGNERS, revoked: REVOKED, namespace: NAMESPACE, at: 0 }),
  );

test('the signatures that are changed below count as they are', () => {
  expect(SIGNED.map((bytes) => judged(armorOf(bytes)))).toEqual(['counts', 'counts']);
});

test('any text and any bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.uint8Array({ maxLength: 400 }).map(armorOf)), (text) => {
      expect(judged(text)).toBe('signature-malformed');
    }),
    { numRuns: 500 },
  );
});

test('a good signature with bytes put over it, taken out or put in', () => {
  const edit = fc.record({
    bytes: fc.constantFrom(...SIGNED),
    at: fc.nat({ max: 300 }),
    out: fc.nat({ max: 8 }),
    put: fc.uint8Array({ maxLength: 8 }),
  });
  fc.assert(
    fc.property(edit, ({ bytes, at, out, put }) => {
      const changed = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + out)]);
      expect(judged(armorOf(changed)) === 'counts').toBe(changed.equals(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('lists of any words', () => {
  const words = [
    ALICE,
    ...KEYS.flatMap(({ line }) => line.split(' ')),
    'group:x',
    ',',
    '"',
    '\\',
    '=',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '#',
  ];
  const more = ['namespaces="a"', 'valid-after="20260101"', 'cert-authority', '*', '!', '\0', '\ud800', 'é'];
  const text = fc.array(fc.oneof(fc.constantFrom(...words, ...more), fc.string({ maxLength: 4 })), { maxLength: 12 });
  fc.assert(
    fc.property(
      text.map((each) => each.join('')),
      (list) => {
        for (const parse of [parseAllowedSigners, parseRevokedKeys]) {
          const outcome = parse({ file: 'list', text: list });
          const lines = list.split('\n').length;
          expect(outcome.ok || outcome.problems.length > 0).toBe(true);
          expect(outcome.problems.every(({ span }) => span !== undefined && span.line <= lines)).toBe(true);
          expect(outcome.problems.every(({ message }) => !message.includes('\n'))).toBe(true);
          renderProblems(outcome.problems, [{ file: 'list', text: list }]);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
