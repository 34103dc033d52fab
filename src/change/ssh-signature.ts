// A signature as `ssh-keygen -Y sign` writes it (OpenSSH PROTOCOL.sshsig, version 1; hardware keys: PROTOCOL.u2f): read strictly,
// then verified over bytes. It starts no program and knows no person: whose key it is, and whether that counts, is asked elsewhere.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readSshKey, type SshKey } from './ssh-key.js';
import { WireReader } from './wire-reader.js';

/** The signature's own part, by what is needed to verify it. */
export interface RawSignature {
  /** The algorithm that the signer names, for example `rsa-sha2-512`. */
  readonly algorithm: string;
  /** null: Ed25519 hashes by itself. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** As node:crypto takes it: ECDSA as r and s of equal length (IEEE P1363). */
  readonly bytes: Uint8Array;
  /** Of a hardware key: what the authenticator signed beside the message. */
  readonly authenticator: { readonly flags: number; readonly counter: number } | undefined;
}

export interface SshSignature {
  /** Who signed, as the signature says: believed by nobody before it is verified and the key is found in a list. */
  readonly publicKey: SshKey;
  readonly keyType: string;
  readonly namespace: string;
  readonly hashAlgorithm: 'sha256' | 'sha512';
  readonly signature: RawSignature;
}

interface Refusal {
  readonly ok: false;
  readonly code: 'signature-malformed' | 'algorithm-refused';
  readonly message: string;
}
export type SignatureReading = { readonly ok: true; readonly value: SshSignature } | Refusal;

/** An RSA key of 16,384 bits and its signature take about 6,000. */
const TEXT_CHARACTERS = 16_384;
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,256}\n)+)-----END SSH SIGNATURE-----\n?$/;
const MAGIC = Buffer.from('SSHSIG', 'latin1');
const VERSION = 1;
const NOTHING = new Uint8Array(0);
const COORDINATE_BYTES = { nistp256: 32, nistp384: 48, nistp521: 66 } as const;
const KEY_HASHES = { ed25519: null, nistp256: 'sha256', nistp384: 'sha384', nistp521: 'sha512' } as const;
const RSA_HASHES: Readonly<Record<string, 'sha256' | 'sha512'>> = {
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/**
 * Reads the armored text: at most 16,384 characters, lines end with LF, base64 in its one canonical form, no byte left over, an
 * empty reserved field. Certificates, hashes other than SHA-256 and SHA-512, and RSA with SHA-1 are `algorithm-refused`. Never throws.
 */
export function parseSshSignature(text: string): SignatureReading {
  if (text.length > TEXT_CHARACTERS)
    return malformed(`the signature has ${text.length} characters: at most ${TEXT_CHARACTERS}`);
  const base64 = ARMOR.exec(text)?.[1]?.replaceAll('\n', '');
  if (base64 === undefined)
    return malformed('no text that begins with `-----BEGIN SSH SIGNATURE-----` and ends with its end line');
  const blob = Buffer.from(base64, 'base64');
  if (blob.toString('base64') !== base64) return malformed('the signature is no whole base64');
  return readBlob(blob);
}

/** Whether the signature is one of its key over these bytes, for its namespace. Says nothing of whose key it is or what its flags are. */
export function isSignatureOf(
  { publicKey, namespace, hashAlgorithm, signature }: SshSignature,
  message: Uint8Array,
): boolean {
  const digest = createHash(hashAlgorithm).update(message).digest();
  const wrapped = Buffer.concat([MAGIC, ...[namespace, '', hashAlgorithm, digest].map(stringOf)]);
  const signed = signature.authenticator === undefined ? wrapped : authenticatorInput(publicKey, signature, wrapped);
  try {
    const key = createPublicKey({ key: publicKey.jwk, format: 'jwk' });
    return verify(signature.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature.bytes);
  } catch {
    return false;
  }
}

const malformed = (message: string): Refusal => ({ ok: false, code: 'signature-malformed', message });
const refused = (message: string): Refusal => ({ ok: false, code: 'algorithm-refused', message });

function readBlob(blob: Uint8Array): SignatureReading {
  const reader = new WireReader(blob);
  if (!MAGIC.equals(reader.take(MAGIC.length))) return malformed('the signature does not begin with `SSHSIG`');
  const version = reader.uint32();
  if (version !== VERSION) return malformed(`the signature is of version ${version}: it takes ${VERSION}`);
  const keyBlob = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hashAlgorithm = reader.text();
  const inner = reader.string();
  if (!reader.isDone() || reserved.length > 0) return malformed('the signature is cut short, or bytes are left over');
  const reading = readSshKey(keyBlob);
  if (!reading.ok) return reading.fault === 'malformed' ? malformed(reading.message) : refused(reading.message);
  if (hashAlgorithm !== 'sha256' && hashAlgorithm !== 'sha512')
    return refused(`hash \`${hashAlgorithm}\`: accepted are sha256, sha512`);
  const { key } = reading;
  const signature = readSignature(inner, key);
  if ('code' in signature) return signature;
  return { ok: true, value: { publicKey: key, keyType: key.type, namespace, hashAlgorithm, signature } };
}

function readSignature(inner: Uint8Array, key: SshKey): RawSignature | Refusal {
  const { family } = key;
  const reader = new WireReader(inner);
  const algorithm = reader.text();
  const hash = hashOf(algorithm, key);
  if (algorithm !== '' && hash === undefined) {
    const accepted = family === 'rsa' ? Object.keys(RSA_HASHES).join(', ') : key.type;
    return refused(`signature algorithm \`${algorithm}\`: accepted of this key are ${accepted}`);
  }
  const content = reader.string();
  const bytes = family === 'ed25519' || family === 'rsa' ? content : ecdsaBytesOf(content, COORDINATE_BYTES[family]);
  const authenticator = key.application === undefined ? undefined : { flags: reader.byte(), counter: reader.uint32() };
  const isSized = family === 'ed25519' ? bytes.length === 64 : bytes.length > 0;
  if (hash === undefined || !isSized || !reader.isDone())
    return malformed('the signature inside is cut short, or bytes are left over');
  return { algorithm, hash, bytes, authenticator };
}

/** Undefined: no algorithm of this key that is accepted. */
function hashOf(algorithm: string, { family, type }: SshKey): RawSignature['hash'] | undefined {
  if (family === 'rsa') return Object.hasOwn(RSA_HASHES, algorithm) ? RSA_HASHES[algorithm] : undefined;
  return algorithm === type ? KEY_HASHES[family] : undefined;
}

/** r and s (RFC 5656, section 3.1.2) side by side, each filled to the length of a coordinate; no byte when they are not readable. */
function ecdsaBytesOf(content: Uint8Array, size: number): Uint8Array {
  const reader = new WireReader(content);
  const parts = [reader.positive(), reader.positive()];
  if (!reader.isDone() || parts.some((part) => part.length > size)) return NOTHING;
  return Buffer.concat(parts.flatMap((part) => [Buffer.alloc(size - part.length), part]));
}

/** What an authenticator signs: digest of the application, flags, counter, digest of what was to be signed (PROTOCOL.u2f). */
function authenticatorInput(
  { application = '' }: SshKey,
  { authenticator }: RawSignature,
  wrapped: Uint8Array,
): Buffer {
  const middle = Buffer.alloc(5);
  middle.writeUInt8(authenticator?.flags ?? 0, 0);
  middle.writeUInt32BE(authenticator?.counter ?? 0, 1);
  return Buffer.concat([
    createHash('sha256').update(application, 'latin1').digest(),
    middle,
    createHash('sha256').update(wrapped).digest(),
  ]);
}

function stringOf(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
