// A folder with real keys and the real ssh-keygen, for the tests of this folder: signs, asks ssh-keygen, asks us.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllowedSigners, type Signers } from '../../src/change/allowed-signers.js';
import { parseRevokedKeys } from '../../src/change/revoked-keys.js';
import { judgeSignature, type SignatureJudgement } from '../../src/change/signatures.js';
import { programPath } from '../programs.js';

export const NAMESPACE = 'headgate-approval';
export const ALICE = 'alice@operator.example';
export const MESSAGE = Buffer.from('version: 1\nkind: widening\n');
const NOON = Date.UTC(2026, 10, 5, 12);

export interface KeyPair {
  /** The path of the private key. */
  readonly path: string;
  /** `TYPE BASE64`, without a comment. */
  readonly line: string;
}

export interface VerifyOptions {
  readonly signers: string;
  readonly message: Uint8Array;
  readonly signature: string;
  readonly person?: string;
  readonly namespace?: string;
  readonly revoked?: string;
  /** `YYYYMMDDHHMMSSZ`. */
  readonly time?: string;
}

export class SshBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'headgate-ssh-'));
  readonly #program = programPath('ssh-keygen');
  #count = 0;

  file(content: string | Uint8Array): string {
    this.#count += 1;
    const path = join(this.folder, `file-${this.#count}`);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  newKey(...options: readonly string[]): KeyPair {
    this.#count += 1;
    const path = join(this.folder, `key-${this.#count}`);
    execFileSync(this.#program, ['-q', '-N', '', '-C', '', '-f', path, ...options]);
    return { path, line: readFileSync(`${path}.pub`, 'utf8').trim() };
  }

  /** The armored signature. */
  sign(key: string, message: Uint8Array, namespace = NAMESPACE, ...options: readonly string[]): string {
    const args = ['-Y', 'sign', '-f', key, '-n', namespace, ...options];
    return execFileSync(this.#program, args, { input: message, stdio: 'pipe' }).toString('utf8');
  }

  /** Whether ssh-keygen accepts it as one of the person. */
  accepts(options: VerifyOptions): boolean {
    const args = ['-Y', 'verify', '-I', options.person ?? ALICE, '-n', options.namespace ?? NAMESPACE];
    args.push('-f', this.file(options.signers), '-s', this.file(options.signature));
    if (options.revoked !== undefined) args.push('-r', this.file(options.revoked));
    if (options.time !== undefined) args.push('-O', `verify-time=${options.time}`);
    const { status, stdout, stderr } = spawnSync(this.#program, args, {
      input: options.message,
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    if (status === 0 && !stdout.startsWith('Good ')) throw new Error(`ssh-keygen said neither yes nor no: ${stdout}`);
    if (status !== 0 && !/Could not verify signature/.test(stdout + stderr))
      throw new Error(`ssh-keygen did not judge: ${status} ${stdout}${stderr}`);
    return status === 0;
  }

  fingerprintOf(key: KeyPair): string {
    return execFileSync(this.#program, ['-l', '-f', `${key.path}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? '';
  }

  /** The path of a certificate of the key for ALICE. */
  certify(key: KeyPair, authority: KeyPair): string {
    execFileSync(this.#program, ['-q', '-s', authority.path, '-I', 'id', '-n', ALICE, `${key.path}.pub`], {
      stdio: 'pipe',
    });
    return `${key.path}-cert.pub`;
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const known = new Map<string, Signers>();
/** Each text is read once: some are asked of thousands of times. */
export function signersOf(text: string): Signers {
  const before = known.get(text);
  if (before !== undefined) return before;
  const outcome = parseAllowedSigners({ file: 'allowed_signers', text });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  known.set(text, outcome.value);
  return outcome.value;
}

/** Our own answer to the same question; at noon of a day, or at `at`. */
export function judge(asked: VerifyOptions & { readonly at?: number }): SignatureJudgement {
  const { signers, message, signature, namespace = NAMESPACE, revoked = '', at = NOON } = asked;
  const keys = parseRevokedKeys({ file: 'revoked', text: revoked });
  if (!keys.ok) throw new Error(JSON.stringify(keys.problems));
  return judgeSignature({ message, signature, namespace, at, revoked: keys.value, signers: signersOf(signers) });
}

/** `counts`, or the code of why not. */
export function outcomeOf(judgement: SignatureJudgement): string {
  return judgement.ok ? 'counts' : judgement.why.code;
}

/** The bytes inside the armor. */
export function bytesOf(armored: string): Buffer {
  return Buffer.from(armored.replace(/-----.*-----/g, ''), 'base64');
}

/** Around bytes, as ssh-keygen writes it. */
export function armorOf(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}
