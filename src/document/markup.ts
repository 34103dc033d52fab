// Text of others inside HTML and Markdown: whatever it says, it stays text.

/** Control characters and marks that turn the direction of text become U+FFFD, line ends too. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
}

/** Every mark that HTML reads as its own becomes a character reference; in an attribute in quotes as well. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Every mark that Markdown or HTML could read as its own becomes a character reference; no line is begun anew. */
export function markdownText(text: string): string {
  return text
    .replace(/[^\p{L}\p{M}\p{N} ,.;:()/’‘“”–—-]/gu, (mark) => `&#${mark.codePointAt(0) ?? 0};`)
    .replace(/:\/\//g, '&#58;//');
}
