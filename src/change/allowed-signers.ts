// Who may sign: the text of `allowed_signers` (ssh-keygen(1), ALLOWED SIGNERS), read strictly, with one convention on top: the
// first principal of a line is the person, further ones are `group:NAME`. It says whose a key is; it judges no signature.
import { listed } from '../document/listed.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { keyLinesOf, lineProblem, sizeProblemOf, type KeyLine } from './key-lines.js';
import { parseSignerOptions, type SignerOptions } from './signer-options.js';
import { readSshKeyText, type SshKey } from './ssh-key.js';

/** One line: a key, whose it is, and when it counts. A person may have several. */
export interface SignerKey extends SignerOptions {
  /** The name that approvals and reports show, for example `alice@operator.example`: one person, one name. */
  readonly person: string;
  /** Sorted. They hold for signatures of this key: another key of the person has those of its own line. */
  readonly groups: readonly string[];
  readonly key: SshKey;
  /** 1-based. */
  readonly line: number;
}

/** In the order of the file. */
export interface Signers {
  readonly keys: readonly SignerKey[];
}

const KEY_CODES = { malformed: 'signer-key', refused: 'signer-algorithm', certificate: 'signer-certificate' } as const;

type Place = readonly [number, number];
type Report = (code: string, place: Place, message: string, help?: string) => undefined;

const PERSON = /^[A-Za-z0-9][A-Za-z0-9._%+@-]{0,127}$/;
/** As the names of `approval.groups`. */
const GROUP = /^group:([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)$/;
/** A key's type; whatever else stands after the principals is options. */
const KEY_TYPE = /^(?:ssh|ecdsa|sk|rsa|webauthn)-[A-Za-z0-9@._-]+$/;
/** One field: up to a space outside quotes. */
const FIELD = /(?:"(?:[^"\\]|\\.)*"|[^\s"])+/y;

/**
 * Reads the whole text; `source.file` is how problems name it. One bad line refuses all, and all bad lines are reported: with a
 * line left out, who may approve what would be another rule than the one that was written. A text without a key is a list of nobody.
 */
export function parseAllowedSigners(source: Source): Outcome<Signers> {
  const size = sizeProblemOf(source);
  if (size !== undefined) return { ok: false, problems: [size] };
  const problems: Problem[] = [];
  const keys: SignerKey[] = [];
  for (const line of keyLinesOf(source.text)) {
    const report: Report = (code, place, message, help) =>
      void problems.push(lineProblem(source, line, place, { code, message, ...(help === undefined ? {} : { help }) }));
    const key = readLine(line, report);
    if (key === undefined) continue;
    compare(key, keys, (code, message, severity) =>
      problems.push(lineProblem(source, line, [line.start, line.text.length], { code, message, ...severity })),
    );
    keys.push(key);
  }
  const shown = listed(problems);
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems: shown };
  return { ok: true, value: { keys }, problems: shown };
}

function readLine(line: KeyLine, report: Report): SignerKey | undefined {
  const fields = fieldsOf(line);
  if (fields === undefined)
    return report('signer-key', [line.start, line.text.length], 'a quote is open: the line is not readable');
  const [principals, second] = fields;
  if (principals === undefined || second === undefined) {
    const help = 'write PERSON[,group:NAME] [OPTIONS] KEYTYPE KEY';
    return report('signer-key', [line.start, line.text.length], 'no key on the line', help);
  }
  if (KEY_TYPE.test(principals.text) && second.text.startsWith('AAAA'))
    return report('signer-person', placeOf(principals), 'a key without its person: the person stands first');
  const who = readPrincipals(principals, report);
  const hasOptions = !KEY_TYPE.test(second.text);
  const { options, faults } = hasOptions ? parseSignerOptions(second.text) : NO_OPTIONS;
  for (const { code, range, message, help } of faults)
    report(code, [second.at + range[0], second.at + range[1]], message, help);
  // Where the options are not understood, what stands after them may not be the key.
  const key = faults.length > 0 ? undefined : readKey(line, fields.slice(hasOptions ? 2 : 1), report);
  if (who === undefined || key === undefined) return undefined;
  if (options.isVerifyRequired && key.application === undefined)
    return report(
      'signer-option',
      placeOf(second),
      '`verify-required` of a key that is in no hardware: it could never sign',
    );
  return { ...who, ...options, key, line: line.number };
}

const NO_OPTIONS: ReturnType<typeof parseSignerOptions> = {
  options: { namespaces: null, validAfterMs: null, validBeforeMs: null, isVerifyRequired: false },
  faults: [],
};

interface Field {
  readonly text: string;
  readonly at: number;
}

const placeOf = ({ at, text }: Field): Place => [at, at + text.length];

/** Fields of the line, three at least where there are as many; undefined where a quote stays open before the key. */
function fieldsOf({ text, start }: KeyLine): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (let at = start; at < text.length && fields.length < 4;) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text)?.[0];
    // A comment after the key may hold what it likes.
    if (field === undefined) return fields.length < 3 ? undefined : fields;
    fields.push({ text: field, at });
    at += field.length;
    if (at < text.length && !/\s/.test(text[at] ?? '')) return fields.length < 3 ? undefined : fields;
    while (/[ \t]/.test(text[at] ?? '')) at += 1;
  }
  return fields;
}

/** The principals as ssh-keygen takes them, in quotes or not. */
function readPrincipals(field: Field, report: Report): Pick<SignerKey, 'person' | 'groups'> | undefined {
  const isQuoted = /^"[^"\\]*"$/.test(field.text);
  const [person = '', ...further] = (isQuoted ? field.text.slice(1, -1) : field.text).split(',');
  if (!PERSON.test(person)) {
    const message = `\`${person}\` names no one person: the first principal takes letters, digits and \`._%+@-\`, without wildcards`;
    return report('signer-person', placeOf(field), message, 'for example alice@operator.example');
  }
  const wrong = further.find((principal) => !GROUP.test(principal));
  if (wrong !== undefined) {
    const message = `\`${wrong}\` is no group: after the person only groups are listed`;
    return report(
      'signer-person',
      placeOf(field),
      message,
      'write `group:NAME`; another person has a line of their own',
    );
  }
  const groups = [...new Set(further.map((principal) => GROUP.exec(principal)?.[1] ?? ''))].sort();
  return { person, groups };
}

function readKey(line: KeyLine, [type, base64]: readonly Field[], report: Report): SshKey | undefined {
  if (type === undefined || base64 === undefined)
    return report('signer-key', [line.start, line.text.length], 'no key on the line', 'its type and base64 stand last');
  const reading = readSshKeyText(base64.text);
  if (!reading.ok) {
    return report(KEY_CODES[reading.fault], [type.at, base64.at + base64.text.length], reading.message);
  }
  if (reading.key.type !== type.text)
    return report('signer-key', placeOf(type), `\`${type.text}\` before a key of type \`${reading.key.type}\``);
  return reading.key;
}

/** What two lines must not say of each other. */
function compare(
  mine: SignerKey,
  earlier: readonly SignerKey[],
  add: (code: string, message: string, severity?: { readonly severity: 'warning' }) => void,
): void {
  const shared = earlier.find(({ key, person }) => key.base64 === mine.key.base64 && person !== mine.person);
  if (shared !== undefined) {
    const names = `\`${shared.person}\` (line ${shared.line}) and \`${mine.person}\``;
    add('signer-key-shared', `one key of ${names}: a key has one person, or one could sign as two`);
  }
  const alike = earlier.find(
    ({ person }) => person !== mine.person && person.toLowerCase() === mine.person.toLowerCase(),
  );
  if (alike !== undefined) {
    const names = `\`${alike.person}\` (line ${alike.line}) and \`${mine.person}\``;
    add('signer-person-case', `${names} differ in case only: they would count as two people`);
  }
  const other = earlier.find(({ person, groups }) => person === mine.person && groups.join() !== mine.groups.join());
  if (other !== undefined) {
    const message = `\`${mine.person}\` is in other groups on line ${other.line}: a signature counts for the groups of its key's line`;
    add('signer-groups', message, { severity: 'warning' });
  }
}
