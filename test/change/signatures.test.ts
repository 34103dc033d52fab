// A signature counts here only if ssh-keygen accepts it, too: each row is asked of both.
import { parseAllowedSigners, type Signers } from '../../src/change/allowed-signers.js';
import { parseRevokedKeys } from '../../src/change/revoked-keys.js';
import { judgeSignature, type SignatureJudgement } from '../../src/change/signatures.js';
import { describeWith } from '../programs.js';
import { ALICE, armorOf, bytesOf, NAMESPACE, SshBench, type KeyPair, type VerifyOptions } from './ssh-bench.js';

const MESSAGE = Buffer.from('version: 1\nkind: widening\n');
/** What a byte is changed by. */
const MASKS = [0x01, 0x80, 0xff];
const NOON = Date.UTC(2026, 10, 5, 12);

function signersOf(text: string): Signers {
  const outcome = parseAllowedSigners({ file: 'allowed_signers', text });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

interface Asked extends VerifyOptions {
  readonly at?: number;
}
function judge({
  signers,
  message,
  signature,
  namespace = NAMESPACE,
  revoked = '',
  at = NOON,
}: Asked): SignatureJudgement {
  const keys = parseRevokedKeys({ file: 'revoked', text: revoked });
  if (!keys.ok) throw new Error(JSON.stringify(keys.problems));
  return judgeSignature({ message, signature, namespace, at, revoked: keys.value, signers: signersOf(signers) });
}
const outcomeOf = (judgement: SignatureJudgement): string => (judgement.ok ? 'counts' : judgement.why.code);

describeWith(['ssh-keygen'], 'signatures of ssh-keygen', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());

  const KINDS: readonly (readonly [string, ...string[]])[] = [
    ['ed25519', '-t', 'ed25519'],
    ['ecdsa p-256', '-t', 'ecdsa', '-b', '256'],
    ['ecdsa p-384', '-t', 'ecdsa', '-b', '384'],
    ['ecdsa p-521', '-t', 'ecdsa', '-b', '521'],
    ['rsa 2048', '-t', 'rsa', '-b', '2048'],
  ];
  describe.each(KINDS)('%s', (_kind, ...options) => {
    let key: KeyPair;
    let signers: string;
    let signature: string;
    beforeAll(() => {
      key = bench.newKey(...options);
      signers = `${ALICE},group:privacy ${key.line}\n`;
      signature = bench.sign(key.path, MESSAGE);
    });

    test.each(['sha512', 'sha256'])('hashed with %s it counts, of the person and groups of its line', (hash) => {
      const asked = {
        signers,
        message: MESSAGE,
        signature: bench.sign(key.path, MESSAGE, NAMESPACE, '-O', `hashalg=${hash}`),
      };
      const keyFingerprint = expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string;
      expect(judge(asked)).toEqual({ ok: true, person: ALICE, groups: ['privacy'], keyFingerprint });
      expect(bench.accepts(asked)).toBe(true);
    });

    test('of a changed text it does not count', () => {
      const changed = Buffer.from(MESSAGE);
      changed.writeUInt8((changed[7] ?? 0) ^ 1, 7);
      const asked = { signers, message: changed, signature };
      expect(outcomeOf(judge(asked))).toBe('signature-invalid');
      expect(bench.accepts(asked)).toBe(false);
    });

    test('it does not count for another namespace', () => {
      const asked = { signers, message: MESSAGE, signature, namespace: 'file' };
      expect(outcomeOf(judge(asked))).toBe('signature-namespace');
      expect(bench.accepts(asked)).toBe(false);
    });

    test('no byte of it can be changed', () => {
      const bytes = bytesOf(signature);
      expect(armorOf(bytes)).toBe(signature);
      const differing: string[] = [];
      for (let at = 0; at < bytes.length; at += 1) {
        // The long ones are compared with ssh-keygen where we take a change, and at each byte before the signature's numbers.
        const isAsked = bytes.length < 320 || at < bytes.length - 256;
        for (const mask of MASKS) {
          const changed = Buffer.from(bytes);
          changed.writeUInt8((bytes[at] ?? 0) ^ mask, at);
          const asked = { signers, message: MESSAGE, signature: armorOf(changed) };
          const ours = outcomeOf(judge(asked));
          if (ours === 'counts' || (isAsked && mask === MASKS[0] && bench.accepts(asked)))
            differing.push(`byte ${at}, ${mask}: ${ours}`);
        }
      }
      // Version 0, which ssh-keygen takes for 1.
      expect(differing).toEqual(['byte 9, 1: signature-malformed']);
    }, 120_000);
  });
});
