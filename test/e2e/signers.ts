// People with SSH keys of their own who sign approvals as OpenSSH does it, without a tool of ours.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export interface Signers {
  /** The text of `allowed_signers`. */
  readonly allowed: string;
  /** The private key of one of them. */
  key(who: string): string;
  /** Each of them signs a file, in their order; the signatures lie beside it. */
  sign(file: string): void;
}

/** `people`: names before `@operator.example`. Their keys lie in the folder. */
export function makeSigners(folder: string, people: readonly string[]): Signers {
  const key = (who: string): string => join(folder, `${who}.key`);
  for (const who of people) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', who, '-f', key(who)]);
  }
  const lineOf = (who: string): string =>
    `${who}@operator.example namespaces="headgate-approval" ${readFileSync(`${key(who)}.pub`, 'utf8').trim()}\n`;
  return {
    allowed: people.map(lineOf).join(''),
    key,
    sign: (file) => {
      // ssh-keygen knows one name for a signature, so the last one gets it.
      for (const [index, who] of [...people.entries()].reverse()) {
        execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'headgate-approval', '-f', key(who), file]);
        if (index > 0) renameSync(`${file}.sig`, `${file}.sig.${String(index + 1)}`);
      }
      if (!existsSync(`${file}.sig`)) throw new Error(`${file} has no signature`);
    },
  };
}
