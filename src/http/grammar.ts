// Which characters a field may consist of, RFC 9110, sections 5.1, 5.5 and 5.6.2. It knows no field by name.

const TOKEN_CODES = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN_CODES[char.charCodeAt(0)] = 1;
}

/** One or more token characters: what a field name, a method or a connection option is. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (TOKEN_CODES[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

/** A field value or reason phrase: no control character but the tab, no DEL, nothing over one byte. May be empty. */
export function isText(text: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text);
}
