// Whether one signature over one message counts, and whose it is. It counts only if everything holds: read, verified, made for this
// namespace, of a listed key that is valid at that time and not revoked. Who is enough people is asked elsewhere.
import type { SignerKey, Signers } from './allowed-signers.js';
import { matchesPatternList } from './pattern-list.js';
import type { RevokedKeys } from './revoked-keys.js';
import { isSignatureOf, parseSshSignature, type SshSignature } from './ssh-signature.js';

/** Why a signature does not count; each has a section in docs/problems.md. */
export type SignatureFault =
  | 'signature-malformed'
  | 'signature-namespace'
  | 'signature-invalid'
  | 'signer-unknown'
  | 'signer-not-yet-valid'
  | 'signer-expired'
  | 'signer-namespace'
  | 'key-revoked'
  | 'presence-missing'
  | 'algorithm-refused';

export interface SignatureQuestion {
  /** The bytes that were signed, as they stand in the file. */
  readonly message: Uint8Array;
  /** The text of the `.sig` file. */
  readonly signature: string;
  readonly signers: Signers;
  readonly revoked: RevokedKeys;
  /** What the signature must have been made for, for example `headgate-approval`. */
  readonly namespace: string;
  /** Milliseconds since the epoch: when the signer's key must be valid. Revocation has no time. */
  readonly at: number;
}

/** `groups` are those of the line of `allowed_signers` that has the key, sorted. `message` is one line, with the fingerprint where a key is meant. */
export type SignatureJudgement =
  | { readonly ok: true; readonly person: string; readonly groups: readonly string[]; readonly keyFingerprint: string }
  | { readonly ok: false; readonly why: { readonly code: SignatureFault; readonly message: string } };

/** Flags of an authenticator (PROTOCOL.u2f): touched; PIN or finger given. */
const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;

/** Judges one signature; never throws. Where several things are wrong, the first in the order of the checks is said. */
export function judgeSignature(question: SignatureQuestion): SignatureJudgement {
  const reading = parseSshSignature(question.signature);
  if (!reading.ok) return no(reading.code, reading.message);
  const signature = reading.value;
  if (signature.namespace !== question.namespace)
    return no(
      'signature-namespace',
      `made for namespace \`${signature.namespace}\`: it takes \`${question.namespace}\``,
    );
  if (!isSignatureOf(signature, question.message))
    return no('signature-invalid', 'the signature is not one of this text: the text or the signature was changed');
  const { fingerprint, base64 } = signature.publicKey;
  if (isWithout(signature, USER_PRESENT))
    return no('presence-missing', `hardware key ${fingerprint} signed without a touch: a signature takes one`);
  if (question.revoked.keys.has(base64)) return no('key-revoked', `key ${fingerprint} is revoked`);
  const lines = question.signers.keys.filter(({ key }) => key.base64 === base64);
  const judged = lines.map((line) => ({ line, fault: faultOf(line, signature, question) }));
  const match = judged.find(({ fault }) => fault === undefined);
  if (match === undefined)
    return judged[0]?.fault ?? no('signer-unknown', `key ${fingerprint} is not among the allowed signers`);
  const { person, groups } = match.line;
  return { ok: true, person, groups, keyFingerprint: fingerprint };
}

function no(code: SignatureFault, message: string): Extract<SignatureJudgement, { ok: false }> {
  return { ok: false, why: { code, message } };
}

function isWithout({ signature: { authenticator } }: SshSignature, flag: number): boolean {
  return authenticator !== undefined && (authenticator.flags & flag) === 0;
}

/** What keeps this line from carrying the signature, or undefined. */
function faultOf(line: SignerKey, signature: SshSignature, { at }: SignatureQuestion): SignatureJudgement | undefined {
  const whose = `key ${line.key.fingerprint} of \`${line.person}\``;
  if (line.namespaces !== null && !matchesPatternList(signature.namespace, line.namespaces))
    return no('signer-namespace', `${whose} is only for namespaces \`${line.namespaces}\``);
  // Not `at < from`: a time that is no number is never inside.
  if (line.validAfterMs !== null && !(at >= line.validAfterMs))
    return no('signer-not-yet-valid', `${whose} is valid from ${utcOf(line.validAfterMs)}`);
  if (line.validBeforeMs !== null && !(at <= line.validBeforeMs))
    return no('signer-expired', `${whose} was valid until ${utcOf(line.validBeforeMs)}`);
  if (line.isVerifyRequired && isWithout(signature, USER_VERIFIED))
    return no('presence-missing', `${whose} signed without PIN or finger: its line says \`verify-required\``);
  return undefined;
}

function utcOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
