// Finds this request's needles in a text, in every spelling and encoding. Built once per request; what costs (cores,
// forms, digests) is made only when a text has something that could be a hit.
import { digestsOf } from './digests.js';
import { base64FormsOf, hexFormOf, mayHoldDigits, tbcdFormOf } from './encodings.js';
import { coresOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';
import type { Run } from './runs.js';

const LONG_NUMBER = 11;

/** What a number needle looks like elsewhere; each form is made when it is first asked for. */
class NumberForms {
  readonly needle: Needle;
  /** Two spellings with a common core also end alike. */
  readonly ending: string;
  readonly #countryCodes: readonly string[];
  #cores: readonly string[] | undefined;
  #hex: string | undefined;
  #tbcd: readonly string[] | undefined;
  #tbcdTails: readonly [even: string, odd: string] | undefined;
  #base64: readonly string[] | undefined;

  constructor(needle: Needle, countryCodes: readonly string[]) {
    this.needle = needle;
    this.ending = needle.value.slice(-LEAST_DIGITS);
    this.#countryCodes = countryCodes;
  }

  /** Whether a whole run is this number in another spelling, or its last nine digits alone. */
  isSpelt(digits: string): boolean {
    if (!digits.endsWith(this.ending)) return false;
    const { value, class: carries } = this.needle;
    if (digits.length === 9 && carries !== 'imsi_imei' && value.length >= LONG_NUMBER) return value.endsWith(digits);
    if (carries === 'imsi_imei' && isPermanent(digits, value)) return true;
    const cores = this.#coresOfValue();
    return coresOf(digits, this.#countryCodes).some((core) => cores.includes(core));
  }

  hex(): string {
    return (this.#hex ??= hexFormOf(this.#shortest()));
  }

  base64(): readonly string[] {
    return (this.#base64 ??= base64FormsOf(this.#shortest()));
  }

  /** TBCD goes by pairs, so a spelling does not stand in a longer one: each has its form. */
  tbcd(): readonly string[] {
    const shortest = this.#shortest();
    return (this.#tbcd ??= [...new Set([this.needle.value, shortest, `0${shortest}`])].map(tbcdFormOf));
  }

  /** What every TBCD form holds, by the parity of its length: cheap to make, and rare in ordinary runs. */
  mayBeTbcd(digits: string): boolean {
    const { value } = this.needle;
    this.#tbcdTails ??= [tbcdFormOf(this.ending), tbcdFormOf(value.slice(-LEAST_DIGITS - 1, -1))];
    return digits.includes(this.#tbcdTails[0]) || digits.includes(this.#tbcdTails[1]);
  }

  #coresOfValue(): readonly string[] {
    return (this.#cores ??= coresOf(this.needle.value, this.#countryCodes));
  }

  /** It stands in every longer spelling, whatever the encoding of the text. */
  #shortest(): string {
    return this.#coresOfValue().reduce((least, core) => (core.length < least.length ? core : least));
  }
}

export class NeedleSearch {
  readonly hasNumbers: boolean;
  readonly #needles: readonly Needle[];
  readonly #tokens: readonly Needle[];
  readonly #countryCodes: readonly string[];
  #forms: readonly NumberForms[] | undefined;
  #digests: ReadonlyMap<string, Needle> | undefined;

  /** `countryCodes` are the operator's: which prefixes a national spelling lacks. */
  constructor(needles: readonly Needle[], countryCodes: readonly string[]) {
    this.#needles = needles;
    this.#tokens = needles.filter(({ kind }) => kind === 'token');
    this.#countryCodes = countryCodes;
    this.hasNumbers = this.#tokens.length < needles.length;
  }

  /** A token as it was sent, anywhere in the text. */
  token(text: string): Needle | undefined {
    for (const needle of this.#tokens) if (text.includes(needle.value)) return needle;
    return undefined;
  }

  /** A number in a maximal run of 8 digits or more of `text`: the whole run in another spelling, or in hex or TBCD inside it. */
  run(run: Run, text: string): Needle | undefined {
    const digits = run.text;
    for (const forms of this.#numberForms()) {
      if (forms.isSpelt(digits)) return forms.needle;
      if (digits.length >= 2 * LEAST_DIGITS && digits.includes(forms.hex())) return forms.needle;
      if (!forms.mayBeTbcd(digits)) continue;
      for (const form of forms.tbcd()) if (hasTbcd(run, text, form)) return forms.needle;
    }
    return undefined;
  }

  /** A number inside base64 text, at any of the three alignments. */
  base64(text: string): Needle | undefined {
    if (!mayHoldDigits(text)) return undefined;
    return this.#numberForms().find((forms) => forms.base64().some((form) => text.includes(form)))?.needle;
  }

  /** An unkeyed digest of a number among runs of a digest's length. */
  digest(runs: readonly string[]): Needle | undefined {
    this.#digests ??= digestsOf(this.#needles, this.#countryCodes);
    for (const run of runs) {
      const needle = this.#digests.get(run);
      if (needle !== undefined) return needle;
    }
    return undefined;
  }

  #numberForms(): readonly NumberForms[] {
    this.#forms ??= this.#needles
      .filter(({ kind }) => kind === 'number')
      .map((needle) => new NumberForms(needle, this.#countryCodes));
    return this.#forms;
  }
}

/** An IMSI as the user of a NAI, with 1 (EAP-SIM) or 6 (EAP-AKA’) in front; with 0 it is a spelling (3GPP TS 23.003, section 19.3.2). */
const isPermanent = (digits: string, imsi: string): boolean =>
  imsi.length <= 15 &&
  digits.length === imsi.length + 1 &&
  (digits.startsWith('1') || digits.startsWith('6')) &&
  digits.endsWith(imsi);

/** The form inside the run; one with a filler has its last two characters beyond the run's end. */
const hasTbcd = (run: Run, text: string, form: string): boolean => {
  if (form.at(-2) !== 'f') return run.text.includes(form);
  const whole = form.slice(0, -2);
  const ending = text.slice(run.end, run.end + 2).toLowerCase();
  return whole.length >= LEAST_DIGITS && run.text.endsWith(whole) && ending === form.slice(-2);
};
