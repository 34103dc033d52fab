// Signing with the system's ssh-keygen, so that agents, passphrases and hardware keys work: this program never reads a private key.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { APPROVAL_NAMESPACE } from '../change/approvals.js';
import { gitSetting } from './proposer.js';

export type Signing =
  { readonly ok: true; readonly signature: string } | { readonly ok: false; readonly message: string };

/** As written, else the key that git signs with where that is a file, else `~/.ssh/id_ed25519`. */
export function keyFor(written: string | undefined): string {
  if (written !== undefined) return written;
  const ofGit = gitSetting('user.signingkey', '--type=path');
  return ofGit !== undefined && existsSync(ofGit) ? ofGit : join(homedir(), '.ssh', 'id_ed25519');
}

/** The text goes in by a pipe: what is signed is what was shown, whatever became of the file. */
export function signText(text: string, key: string): Signing {
  if (!existsSync(key)) {
    return { ok: false, message: `no key \`${key}\`: name one with \`--key\`` };
  }
  // Its questions (passphrase, touch) go to the terminal itself, and what it says to standard error at once.
  const ran = spawnSync('ssh-keygen', ['-Y', 'sign', '-n', APPROVAL_NAMESPACE, '-f', key], {
    input: Buffer.from(text, 'utf8'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (ran.error !== undefined) return { ok: false, message: 'cannot run `ssh-keygen`: OpenSSH 8.1 or newer signs' };
  // On Windows it may end lines with CR and LF, which is no signature to a strict reader.
  const signature = ran.stdout.toString('utf8').replaceAll('\r\n', '\n');
  if (ran.status !== 0 || !signature.startsWith('-----BEGIN SSH SIGNATURE-----')) {
    return {
      ok: false,
      message: `\`ssh-keygen\` did not sign with \`${key}\`: it ended with ${ran.status ?? 'a signal'}`,
    };
  }
  return { ok: true, signature };
}
