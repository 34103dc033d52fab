// Files that the settings name beside the policy: pseudonym keys and certificate authorities. Their content is never said in an error.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Outcome, Problem } from '../document/problem.js';
import type { Settings } from './settings.js';
import { reasonOf } from './start-failure.js';

/** Fewer bytes could be guessed; HMAC-SHA-256 gains nothing beyond 64 (RFC 2104, section 3). */
const KEY_BYTES = 32;
const KEY_BYTES_MOST = 4096;

export interface TrustedFiles {
  /** Pseudonym keys by id; secret. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** PEM texts of further certificate authorities. */
  readonly authorities: readonly string[];
}

const error = (code: string, message: string, help?: string): Problem => ({
  code,
  severity: 'error',
  message,
  ...(help === undefined ? {} : { help }),
});

/**
 * Everything read, or every problem. A key that other users can read is a warning beside the value; with `isElsewhere`
 * so is a file that cannot be read.
 */
export function readTrustedFiles(settings: Settings, isElsewhere = false): Outcome<TrustedFiles> {
  const problems: Problem[] = [];
  const keys: Record<string, Uint8Array> = {};
  for (const [id, file] of Object.entries(settings.keys)) {
    const key = readKey(id, file, problems);
    if (key !== undefined) keys[id] = key;
  }
  const authorities = settings.destinations.tls.ca.map((file) => readAuthorities(file, problems));
  const judged = isElsewhere ? problems.map(remarked) : problems;
  if (judged.some((problem) => problem.severity === 'error')) return { ok: false, problems: judged };
  return { ok: true, value: { keys, authorities }, problems: judged };
}

function remarked(problem: Problem): Problem {
  if (problem.code !== 'key-unreadable' && problem.code !== 'authority-unreadable') return problem;
  return { ...problem, severity: 'warning', help: 'harmless on another machine; the gateway would not start there' };
}

function readKey(id: string, file: string, problems: Problem[]): Uint8Array | undefined {
  try {
    const { mode } = statSync(file);
    const content = readFileSync(file);
    let end = content.length;
    while (end > 0 && (content[end - 1] === 0x0a || content[end - 1] === 0x0d)) end -= 1;
    if (end < KEY_BYTES || end > KEY_BYTES_MOST) {
      const rule = end < KEY_BYTES ? `at least ${KEY_BYTES}` : `at most ${KEY_BYTES_MOST}`;
      const help = `for example: (umask 077; head -c ${KEY_BYTES} /dev/urandom > ${file})`;
      problems.push(error('key-size', `key \`${id}\` in \`${file}\` has ${end} bytes: ${rule}`, help));
      return undefined;
    }
    if ((mode & 0o007) !== 0) {
      const message = `key \`${id}\` in \`${file}\` is open to every user of this machine: whoever reads it can undo the pseudonyms`;
      problems.push({ code: 'key-mode', severity: 'warning', message, help: `chmod o-rwx ${file}` });
    }
    return new Uint8Array(content.subarray(0, end));
  } catch (cause) {
    problems.push(error('key-unreadable', `cannot read key \`${id}\` from \`${file}\`: ${reasonOf(cause)}`));
    return undefined;
  }
}

function readAuthorities(file: string, problems: Problem[]): string {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (cause) {
    problems.push(
      error('authority-unreadable', `cannot read certificate authorities from \`${file}\`: ${reasonOf(cause)}`),
    );
    return '';
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    problems.push(error('authority-invalid', `\`${file}\` is no list of certificates: it takes PEM blocks`));
  }
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
