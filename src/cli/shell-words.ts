// Texts of others on a terminal: as a word that a shell takes back unchanged, and as one line that moves no cursor.

/** `config/headgate.yaml` as it is; anything that a shell could read otherwise in single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Control characters and marks that turn the direction of text become U+FFFD. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
