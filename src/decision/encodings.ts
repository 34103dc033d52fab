// How a number is written when it is not written as digits. A form found anywhere inside a run of its alphabet is a hit.

/** Two whole base64 groups of digits, which 8 digits hold at every alignment: what has none needs no further look. */
const DIGITS_IN_BASE64 = /(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){2}/;

/** Whether base64 text (either alphabet) may hold 8 digits in a row. A filter: a yes is not yet a hit. */
export function mayHoldDigits(text: string): boolean {
  return DIGITS_IN_BASE64.test(text);
}

/** The base64 of digits at each of the three alignments, without the characters that also depend on the neighbours. */
export function base64FormsOf(digits: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from('\0'.repeat(offset) + digits, 'latin1')
      .toString('base64')
      .replace(/=+$/, '');
    const end = Math.floor(((offset + digits.length) * 8) / 6);
    return text.slice(Math.ceil((offset * 8) / 6), end);
  });
}

/** The ASCII digits in hexadecimal: `07` is `3037`. */
export function hexFormOf(digits: string): string {
  let form = '';
  for (const digit of digits) form += `3${digit}`;
  return form;
}

/** TBCD, the digits swapped in pairs, as GTP and RADIUS hold them (3GPP TS 29.002, TBCD-STRING); an odd last one after an `f`. */
export function tbcdFormOf(digits: string): string {
  let form = '';
  for (let i = 0; i < digits.length; i += 2) form += `${digits[i + 1] ?? 'f'}${digits[i] ?? ''}`;
  return form;
}

const hexDigitOf = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** One percent-decode, no more: each byte one character. What is no escape stays as it is. */
export function percentDecoded(text: string): string {
  let decoded = '';
  let taken = 0;
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at)) {
    const high = hexDigitOf(text.charCodeAt(at + 1));
    const low = hexDigitOf(text.charCodeAt(at + 2));
    if (high === -1 || low === -1) {
      at += 1;
      continue;
    }
    decoded += text.slice(taken, at) + String.fromCharCode(high * 16 + low);
    at += 3;
    taken = at;
  }
  return decoded + text.slice(taken);
}
