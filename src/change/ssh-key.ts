// A public key as SSH writes it (RFC 4253, section 6.6; RFC 5656; RFC 8709; OpenSSH PROTOCOL.u2f), read strictly: of one key
// there is one sequence of bytes, so keys are compared by their bytes. It knows no person.
import { createHash, createPublicKey } from 'node:crypto';
import { WireReader } from './wire-reader.js';

/** What a signature of the key looks like and over what it is made; `nistp...` is ECDSA. */
export type KeyFamily = 'ed25519' | 'nistp256' | 'nistp384' | 'nistp521' | 'rsa';

export interface SshKey {
  /** As SSH names it, for example `ssh-ed25519`. */
  readonly type: string;
  /** The whole key in base64, as it stands in a `.pub` file: equal for equal keys. */
  readonly base64: string;
  /** `SHA256:...` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly family: KeyFamily;
  /** The key as node:crypto takes it, members of a JSON Web Key (RFC 7517). */
  readonly jwk: Readonly<Record<string, string>>;
  /** Of a key in a hardware authenticator: what it was made for, always `ssh:` and what follows it; undefined for other keys. */
  readonly application: string | undefined;
}

/** `malformed`: these bytes are no key. `refused`: a key, of a kind that is not accepted here. `certificate`: a key that another vouches for. */
export type KeyReading =
  | { readonly ok: true; readonly key: SshKey }
  | { readonly ok: false; readonly fault: 'malformed' | 'refused' | 'certificate'; readonly message: string };

const RSA_BITS = { least: 2048, most: 16_384 };
const CURVES = { nistp256: ['P-256', 32], nistp384: ['P-384', 48], nistp521: ['P-521', 66] } as const;
type Curve = keyof typeof CURVES;

const CERTIFICATE = /-cert-v\d+@openssh\.com$/;

/** Kinds of keys that are read; all others are refused. */
const FAMILIES: Readonly<Record<string, { readonly family: KeyFamily; readonly isHardware: boolean }>> = {
  'ssh-ed25519': { family: 'ed25519', isHardware: false },
  'ecdsa-sha2-nistp256': { family: 'nistp256', isHardware: false },
  'ecdsa-sha2-nistp384': { family: 'nistp384', isHardware: false },
  'ecdsa-sha2-nistp521': { family: 'nistp521', isHardware: false },
  'ssh-rsa': { family: 'rsa', isHardware: false },
  'sk-ssh-ed25519@openssh.com': { family: 'ed25519', isHardware: true },
  'sk-ecdsa-sha2-nistp256@openssh.com': { family: 'nistp256', isHardware: true },
};

/** Reads the bytes of a public key; every byte counts. Never throws. */
export function readSshKey(blob: Uint8Array): KeyReading {
  const reader = new WireReader(blob);
  const type = reader.text();
  if (type === '') return malformed('the key is not readable');
  const kind = Object.hasOwn(FAMILIES, type) ? FAMILIES[type] : undefined;
  if (kind === undefined && CERTIFICATE.test(type))
    return {
      ok: false,
      fault: 'certificate',
      message: 'a certificate: certificates are not accepted, a key is listed itself',
    };
  if (kind === undefined) return refused(`a key of type \`${type}\`: accepted are ${Object.keys(FAMILIES).join(', ')}`);
  const { family, isHardware } = kind;
  const jwk = family === 'ed25519' ? ed25519Of(reader) : family === 'rsa' ? rsaOf(reader) : ecdsaOf(reader, family);
  const application = isHardware ? reader.text() : undefined;
  if (jwk === undefined || !reader.isDone()) return malformed(`the \`${type}\` key is not readable`);
  if (family === 'rsa') {
    const bits = bitsOf(jwk['n'] ?? '');
    if (bits < RSA_BITS.least) return refused(`an RSA key of ${bits} bits: at least ${RSA_BITS.least}`);
    if (bits > RSA_BITS.most) return refused(`an RSA key of ${bits} bits: at most ${RSA_BITS.most}`);
  }
  if (application !== undefined && !application.startsWith('ssh:'))
    return refused('a hardware key that was made for another application: it begins with `ssh:`');
  if (!isKey(jwk)) return malformed(`the \`${type}\` key is no point of its curve or no key`);
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  const base64 = Buffer.from(blob).toString('base64');
  return { ok: true, key: { type, base64, fingerprint, family, jwk, application } };
}

/** Reads the base64 of a `.pub` file, in its one canonical form. */
export function readSshKeyText(base64: string): KeyReading {
  const blob = Buffer.from(base64, 'base64');
  return blob.length > 0 && blob.toString('base64') === base64
    ? readSshKey(blob)
    : malformed('the key is no whole base64');
}

const malformed = (message: string): KeyReading => ({ ok: false, fault: 'malformed', message });
const refused = (message: string): KeyReading => ({ ok: false, fault: 'refused', message });

function ed25519Of(reader: WireReader): SshKey['jwk'] | undefined {
  const x = reader.string();
  return x.length === 32 ? { kty: 'OKP', crv: 'Ed25519', x: base64UrlOf(x) } : undefined;
}

/** Only uncompressed points (SEC 1, section 2.3.3), as OpenSSH writes and takes. */
function ecdsaOf(reader: WireReader, curve: Curve): SshKey['jwk'] | undefined {
  const [crv, size] = CURVES[curve];
  const name = reader.text();
  const point = reader.string();
  if (name !== curve || point.length !== 1 + 2 * size || point[0] !== 4) return undefined;
  return { kty: 'EC', crv, x: base64UrlOf(point.subarray(1, 1 + size)), y: base64UrlOf(point.subarray(1 + size)) };
}

/** An exponent of 1 would make every message its own signature: it is odd and at least 3. */
function rsaOf(reader: WireReader): SshKey['jwk'] | undefined {
  const e = reader.positive();
  const n = reader.positive();
  const last = e.at(-1) ?? 0;
  if (last % 2 === 0 || (e.length === 1 && last < 3)) return undefined;
  return { kty: 'RSA', n: base64UrlOf(n), e: base64UrlOf(e) };
}

function bitsOf(base64Url: string): number {
  const bytes = Buffer.from(base64Url, 'base64url');
  return bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
}

function isKey(jwk: SshKey['jwk']): boolean {
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

function base64UrlOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
