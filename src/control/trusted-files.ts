// Files that the settings name beside the policy: pseudonym keys, certificate authorities, who may sign, whose keys no longer do,
// and the ceiling. Their content is never said in an error.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Outcome, Problem } from '../document/problem.js';
import type { Settings } from './settings.js';
import { reasonOf } from './start-failure.js';

/** Fewer bytes could be guessed; HMAC-SHA-256 gains nothing beyond 64 (RFC 2104, section 3). */
const KEY_BYTES = 32;
const KEY_BYTES_MOST = 4096;
// Of 32 random bytes one file in 128 ends with CR or LF, which does not count: it would be one short.
const KEY_BYTES_ADVISED = 48;

export interface TrustedFiles {
  /** Pseudonym keys by id; secret. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  /** PEM texts of further certificate authorities. */
  readonly authorities: readonly string[];
  /** The text of `allowed_signers`. This and the next two are null where the settings name none. */
  readonly signers: string | null;
  /** Public keys, one a line. */
  readonly revoked: string | null;
  /** The text of a policy. */
  readonly ceiling: string | null;
}

export interface Reach {
  /** A machine that will not run this gateway: a file that cannot be read is remarked and left out. Default false. */
  readonly isElsewhere?: boolean;
  /** PEM texts that are known already: `destinations.tls.ca` holds them and not paths. */
  readonly authorities?: readonly string[];
  /** Instead of the disk; throws what `readFileSync` would. Modes are not looked at then. */
  readonly read?: (file: string) => Buffer;
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
export function readTrustedFiles(settings: Settings, reach: Reach = {}): Outcome<TrustedFiles> {
  const problems: Problem[] = [];
  const read = reach.read ?? ((file: string): Buffer => readFileSync(file));
  const keys: Record<string, Uint8Array> = {};
  for (const [id, file] of Object.entries(settings.keys)) {
    const key = readKey(id, file, { problems, read, isOnDisk: reach.read === undefined });
    if (key !== undefined) keys[id] = key;
  }
  const authorities =
    reach.authorities ?? settings.destinations.tls.ca.flatMap((file) => readAuthorities(file, { problems, read }));
  const text = (setting: string, file: string | null): string | null => {
    try {
      return file === null ? null : read(file).toString('utf8');
    } catch (cause) {
      problems.push(error('trust-unreadable', `cannot read \`${setting}\` from \`${file}\`: ${reasonOf(cause)}`));
      return null;
    }
  };
  const { approval, ceilingFile } = settings;
  const signers = text('approval.signers', approval.signers);
  const revoked = text('approval.revoked', approval.revoked);
  const ceiling = text('ceiling', ceilingFile);
  const judged = reach.isElsewhere === true ? problems.map(remarked) : problems;
  if (judged.some((problem) => problem.severity === 'error')) return { ok: false, problems: judged };
  return { ok: true, value: { keys, authorities, signers, revoked, ceiling }, problems: judged };
}

const UNREADABLE: readonly string[] = ['key-unreadable', 'authority-unreadable', 'trust-unreadable'];

function remarked(problem: Problem): Problem {
  if (!UNREADABLE.includes(problem.code)) return problem;
  return { ...problem, severity: 'warning', help: 'harmless on another machine; the gateway would not start there' };
}

interface Reading {
  readonly problems: Problem[];
  readonly read: (file: string) => Buffer;
}

function readKey(
  id: string,
  file: string,
  { problems, read, isOnDisk }: Reading & { readonly isOnDisk: boolean },
): Uint8Array | undefined {
  try {
    const content = read(file);
    const mode = isOnDisk ? statSync(file).mode : 0;
    let end = content.length;
    while (end > 0 && (content[end - 1] === 0x0a || content[end - 1] === 0x0d)) end -= 1;
    if (end < KEY_BYTES || end > KEY_BYTES_MOST) {
      const rule = end < KEY_BYTES ? `at least ${KEY_BYTES}` : `at most ${KEY_BYTES_MOST}`;
      const help = `for example: (umask 077; head -c ${KEY_BYTES_ADVISED} /dev/urandom > ${file})`;
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

/** The PEM text, or none; what is wrong with it is added to `problems`. `read` throws what `readFileSync` would. */
export function readAuthorities(file: string, { problems, read }: Reading): readonly string[] {
  let text: string;
  try {
    text = read(file).toString('latin1');
  } catch (cause) {
    problems.push(
      error('authority-unreadable', `cannot read certificate authorities from \`${file}\`: ${reasonOf(cause)}`),
    );
    return [];
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    problems.push(error('authority-invalid', `\`${file}\` is no list of certificates: it takes PEM blocks`));
  }
  return [text];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
