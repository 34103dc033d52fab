// The options of a line of `allowed_signers` (ssh-keygen(1)): what narrows a key. An option that is not understood is never passed
// over: it may be the one that restricts.
import { nearestWord } from '../document/nearest.js';
import { signerTimeOf } from './signer-time.js';

export interface SignerOptions {
  /** A pattern list; null: any namespace. */
  readonly namespaces: string | null;
  /** Milliseconds since the epoch, inside; null: no bound. */
  readonly validAfterMs: number | null;
  /** Milliseconds since the epoch, inside; null: no bound. */
  readonly validBeforeMs: number | null;
  /** Of hardware keys: not only touched, but the PIN or finger of its owner given. A word of sshd(8) that ssh-keygen does not know here. */
  readonly isVerifyRequired: boolean;
}

/** Something wrong, and where in the text of the options. */
export interface OptionFault {
  readonly code: 'signer-option' | 'signer-time' | 'signer-certificate';
  readonly message: string;
  readonly help?: string;
  readonly range: readonly [number, number];
}

const NAMES = ['namespaces', 'valid-after', 'valid-before', 'verify-required', 'cert-authority'] as const;
type OptionName = (typeof NAMES)[number];
const TAKES_VALUE: readonly OptionName[] = ['namespaces', 'valid-after', 'valid-before'];
const NAMESPACES_CHARACTERS = 1024;
/** A name, and what stands after `=`: in quotes, or whatever else up to the comma. */
const OPTION = /([^=,"]*)(?:=("[^"]*"|[^,]*))?(.?)/y;

/** Reads the options, names in any case, values in quotes, separated by commas. All faults are found; the options are as far as they were read. */
export function parseSignerOptions(text: string): { options: SignerOptions; faults: readonly OptionFault[] } {
  const faults: OptionFault[] = [];
  const found = new Map<OptionName, { value: string; range: readonly [number, number] }>();
  for (let at = 0; at <= text.length;) {
    OPTION.lastIndex = at;
    const [whole = '', written = '', value, mark = ''] = OPTION.exec(text) ?? [];
    const range = [at, at + Math.max(1, whole.length - mark.length)] as const;
    const add = (code: OptionFault['code'], message: string, help?: string): void =>
      void faults.push({ code, message, range, ...(help === undefined ? {} : { help }) });
    at += Math.max(1, whole.length);
    const name = NAMES.find((known) => known === written.toLowerCase());
    if (mark !== '' && mark !== ',') {
      add('signer-option', `\`${mark}\` after an option: a comma or a space follows`);
      break;
    }
    if (name === undefined) {
      const near = nearestWord(written, NAMES);
      add(
        'signer-option',
        `unknown option \`${written}\``,
        near === undefined ? undefined : `did you mean \`${near}\`?`,
      );
    } else if (name === 'cert-authority')
      add(
        'signer-certificate',
        '`cert-authority`: certificates are not accepted',
        'list the key of each person itself',
      );
    else if (found.has(name)) add('signer-option', `option \`${name}\` is written twice: it stands once`);
    else if (TAKES_VALUE.includes(name) !== (value !== undefined))
      add(
        'signer-option',
        value === undefined ? `option \`${name}\` has no value` : `option \`${name}\` takes no value`,
      );
    else if (value !== undefined && !/^"[^"\\]*"$/.test(value))
      add('signer-option', `the value of \`${name}\` is not in quotes, or holds a backslash`, `write ${name}="..."`);
    else found.set(name, { value: (value ?? '').slice(1, -1), range });
    if (mark === '') break;
  }
  return { options: optionsOf(found, faults), faults };
}

function optionsOf(
  found: ReadonlyMap<OptionName, { readonly value: string; readonly range: readonly [number, number] }>,
  faults: OptionFault[],
): SignerOptions {
  const timeOf = (name: OptionName): number | null => {
    const option = found.get(name);
    if (option === undefined) return null;
    const ms = signerTimeOf(option.value);
    const message = `\`${name}\` is \`${option.value}\`: it takes YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with or without Z`;
    if (ms === undefined) faults.push({ code: 'signer-time', message, help: 'times are in UTC', range: option.range });
    return ms ?? null;
  };
  const namespaces = found.get('namespaces');
  const patterns = namespaces?.value.split(',') ?? [];
  if (
    namespaces !== undefined &&
    (namespaces.value.length > NAMESPACES_CHARACTERS || patterns.some((one) => /^!?$/.test(one)))
  ) {
    const message = `\`namespaces\` takes patterns separated by commas, none of them empty, at most ${NAMESPACES_CHARACTERS} characters`;
    faults.push({ code: 'signer-option', message, range: namespaces.range });
  }
  const [validAfterMs, validBeforeMs] = [timeOf('valid-after'), timeOf('valid-before')];
  if (validAfterMs !== null && validBeforeMs !== null && validBeforeMs <= validAfterMs) {
    const message = '`valid-before` is not after `valid-after`: the key is never valid';
    faults.push({ code: 'signer-time', message, range: found.get('valid-before')?.range ?? [0, 1] });
  }
  const isVerifyRequired = found.has('verify-required');
  return { namespaces: namespaces?.value ?? null, validAfterMs, validBeforeMs, isVerifyRequired };
}
