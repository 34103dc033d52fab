// The pattern lists of OpenSSH (ssh_config(5), PATTERNS): `*` is any run of characters, `?` any one, `!` before a pattern excludes.

/** Whether the list, its patterns separated by commas, takes the text: some pattern matches, and none with `!`. Letters keep their case. */
export function matchesPatternList(text: string, list: string): boolean {
  const patterns = list.split(',');
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(text, pattern.slice(1)));
  return !isExcluded && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(text, pattern));
}

/** Goes back to the last `*` only, so the cost is at most the product of both lengths. */
function matchesPattern(text: string, pattern: string): boolean {
  let at = 0;
  let p = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (pattern[p] === '*') {
      star = p;
      starAt = at;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) {
      p += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      p = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
