// Finds this request's needles in a text, in every spelling and encoding. Built once per request; what costs (cores,
// forms, digests) is made only when a text has something that could be a hit.
import { digestsOf } from './digests.js';
import { base64FormsOf, hexFormOf, mayHoldDigits, tbcdFormOf } from './encodings.js';
import { coresOf, LEAST_DIGITS } from './number-spellings.js';
import type { Needle } from './plan-types.js';
import type { Run } from './runs.js';

interface NumberForms {
  readonly needle: Needle;
  readonly cores: readonly string[];
  readonly lastNine: string | undefined;
  readonly hex: string;
  readonly tbcd: readonly string[];
  readonly base64: readonly string[];
}

const LONG_NUMBER = 11;

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
    const cores = coresOf(digits, this.#countryCodes);
    for (const forms of this.#numberForms()) {
      if (forms.cores.some((core) => cores.includes(core)) || digits === forms.lastNine || digits.includes(forms.hex)) {
        return forms.needle;
      }
      for (const form of forms.tbcd) if (hasTbcd(run, text, form)) return forms.needle;
    }
    return undefined;
  }

  /** A number inside base64 text, at any of the three alignments. */
  base64(text: string): Needle | undefined {
    if (!mayHoldDigits(text)) return undefined;
    return this.#numberForms().find(({ base64 }) => base64.some((form) => text.includes(form)))?.needle;
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
      .map((needle) => formsOf(needle, this.#countryCodes));
    return this.#forms;
  }
}

/** The shortest core stands in every longer spelling of the number, whatever its encoding; TBCD goes by pairs, so each counts. */
const formsOf = (needle: Needle, countryCodes: readonly string[]): NumberForms => {
  const { value } = needle;
  const cores = coresOf(value, countryCodes);
  const shortest = cores.reduce((least, core) => (core.length < least.length ? core : least));
  const hasEnding = needle.class !== 'imsi_imei' && value.length >= LONG_NUMBER;
  return {
    needle,
    cores,
    lastNine: hasEnding ? value.slice(-9) : undefined,
    hex: hexFormOf(shortest),
    tbcd: [...new Set([value, shortest, `0${shortest}`])].map(tbcdFormOf),
    base64: base64FormsOf(shortest),
  };
};

/** The form inside the run; one with a filler has its last two characters beyond the run's end. */
const hasTbcd = (run: Run, text: string, form: string): boolean => {
  if (form.at(-2) !== 'f') return run.text.includes(form);
  const whole = form.slice(0, -2);
  const ending = text.slice(run.end, run.end + 2).toLowerCase();
  return whole.length >= LEAST_DIGITS && run.text.endsWith(whole) && ending === form.slice(-2);
};
