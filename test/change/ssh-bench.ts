// A folder with real keys and the real ssh-keygen, for the tests of this folder: signs, verifies, and takes signatures apart.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programPath } from '../programs.js';

export const NAMESPACE = 'headgate-approval';
export const ALICE = 'alice@operator.example';

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
    const { status, stdout, stderr } = spawnSync(this.#program, args, { input: options.message, encoding: 'utf8' });
    if (status === 0 && !stdout.startsWith('Good ')) throw new Error(`ssh-keygen said neither yes nor no: ${stdout}`);
    if (status !== 0 && !/Could not verify signature/.test(stdout + stderr))
      throw new Error(`ssh-keygen did not judge: ${status} ${stdout}${stderr}`);
    return status === 0;
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
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
