// Keys that count no more, whatever else is said of them: a text of public keys, one a line, as `ssh-keygen -Y verify -r` takes it
// beside its binary lists. A text that is not wholly understood is refused: a line passed over would be a key that signs again.
import { listed } from '../document/listed.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { keyLinesOf, lineProblem, sizeProblemOf } from './key-lines.js';
import { readSshKeyText } from './ssh-key.js';

export interface RevokedKeys {
  /** `SshKey.base64` of each. */
  readonly keys: ReadonlySet<string>;
}

/** A line: type, base64, and perhaps a comment. */
const LINE = /^(\S+)[ \t]+(\S+)(?:[ \t].*)?$/;

/** Reads the whole text; a text without a key revokes none. A binary list of ssh-keygen (KRL) is a problem that says what to do. */
export function parseRevokedKeys(source: Source): Outcome<RevokedKeys> {
  const size = source.text.startsWith('SSHKRL') ? krlProblemOf(source) : sizeProblemOf(source);
  if (size !== undefined) return { ok: false, problems: [size] };
  const keys = new Set<string>();
  const problems: Problem[] = [];
  for (const line of keyLinesOf(source.text)) {
    const [, type, base64] = LINE.exec(line.text.slice(line.start)) ?? [];
    const reading = readSshKeyText(base64 ?? '');
    if (reading.ok && reading.key.type === type) keys.add(reading.key.base64);
    // A kind of key that never counts may stand here. Of a certificate ssh-keygen revokes the key inside: it is to be written itself.
    else if (reading.ok || reading.fault !== 'refused') {
      const message = reading.ok ? `\`${type}\` before a key of type \`${reading.key.type}\`` : reading.message;
      const help = 'a line is KEYTYPE KEY, as in a .pub file; options and fingerprints are not taken';
      problems.push(lineProblem(source, line, [line.start, line.text.length], { code: 'revoked-key', message, help }));
    }
  }
  return problems.length > 0 ? { ok: false, problems: listed(problems) } : { ok: true, value: { keys }, problems: [] };
}

function krlProblemOf({ file }: Source): Problem {
  return {
    code: 'revoked-krl',
    severity: 'error',
    message: `\`${file}\` is a binary list (KRL): revoked keys are listed as text, one public key a line`,
    span: { file, line: 1, column: 1, endLine: 1, endColumn: 7 },
    help: 'put the .pub files of the revoked keys one after another into a file',
  };
}
