// A hardware key in software, for tests alone: signs as OpenSSH PROTOCOL.u2f says, with whatever flags it is told.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { NAMESPACE } from './ssh-bench.js';

export type HardwareKind = 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** Presence: touched. Verification: PIN or finger given. */
export const FLAGS = { none: 0x00, present: 0x01, verified: 0x04, both: 0x05 } as const;

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
export function string(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}
export function mpint(bytes: Uint8Array): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.subarray(from);
  return string((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short);
}
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
/** The bytes that are inside the armor. */
export function sshsig(key: Uint8Array, signature: Uint8Array, namespace = NAMESPACE, hash = 'sha512'): Buffer {
  return Buffer.concat([Buffer.from('SSHSIG'), uint32(1), ...[key, namespace, '', hash, signature].map(string)]);
}
/** What a key signs for a message. */
export function toBeSigned(message: Uint8Array, namespace = NAMESPACE, hash = 'sha512'): Buffer {
  const digest = createHash(hash).update(message).digest();
  return Buffer.concat([Buffer.from('SSHSIG'), ...[namespace, '', hash, digest].map(string)]);
}

export class Authenticator {
  readonly kind: HardwareKind;
  readonly application: string;
  readonly blob: Buffer;
  readonly line: string;
  readonly #privateKey: KeyObject;
  #counter = 0x01020304;

  constructor(kind: HardwareKind, application = 'ssh:') {
    this.kind = kind;
    this.application = application;
    const isEd25519 = kind.startsWith('sk-ssh');
    const pair = isEd25519 ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = pair.privateKey;
    const { x = '', y = '' } = pair.publicKey.export({ format: 'jwk' });
    const point = [x, y].map((part) => Buffer.from(part, 'base64url'));
    const own = isEd25519
      ? [string(Buffer.concat(point))]
      : [string('nistp256'), string(Buffer.concat([Buffer.of(4), ...point]))];
    this.blob = Buffer.concat([string(kind), ...own, string(application)]);
    this.line = `${kind} ${this.blob.toString('base64')}`;
  }

  /** The bytes that are inside the armor. */
  sign(message: Uint8Array, flags: number, hash: 'sha256' | 'sha512' = 'sha512'): Buffer {
    this.#counter += 1;
    const rest = Buffer.concat([Buffer.of(flags), uint32(this.#counter)]);
    const signed = Buffer.concat([sha256(this.application), rest, sha256(toBeSigned(message, NAMESPACE, hash))]);
    const isEd25519 = this.kind.startsWith('sk-ssh');
    const raw = sign(isEd25519 ? null : 'sha256', signed, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    const own = isEd25519 ? raw : Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))]);
    return sshsig(this.blob, Buffer.concat([string(this.kind), string(own), rest]), NAMESPACE, hash);
  }
}
