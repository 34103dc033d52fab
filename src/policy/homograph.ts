// Host names that look like another name: labels that mix scripts, and labels of one script whose letters all look Latin.
import { domainToUnicode } from 'node:url';

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Georgian',
  'Cherokee',
  'Thai',
  'Devanagari',
  'Hangul',
].map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, 'u') }));
/** Together they are one way of writing (UTS 39, section 5.1). */
const EAST_ASIAN = {
  name: 'Han',
  pattern: /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Bopomofo}/u,
};
/** Letters of Cyrillic, Greek and Armenian that nobody can tell from Latin ones in most typefaces. */
const LOOKS_LATIN = /^[авеѕіјкмнорстухһԁԛԝԍѵӏαικνορυχωցհոսօ0-9-]+$/u;

export interface Homograph {
  /** With letters as people see them. */
  readonly shown: string;
  /** `mixes Latin and Cyrillic letters`, `is Cyrillic letters that look Latin` */
  readonly why: string;
}

/** Why a canonical host name (A-labels) may be taken for another; undefined when it may not. */
export function homographOf(host: string): Homograph | undefined {
  if (!host.includes('xn--')) return undefined;
  const shown = domainToUnicode(host);
  for (const label of shown.split('.')) {
    if (/^[\x20-\x7e]*$/.test(label)) continue;
    const scripts = [...SCRIPTS, EAST_ASIAN].filter(({ pattern }) => pattern.test(label)).map(({ name }) => name);
    if (scripts.length > 1) return { shown, why: `mixes ${scripts.join(' and ')} letters` };
    if (scripts[0] !== 'Latin' && LOOKS_LATIN.test(label))
      return { shown, why: `is ${scripts[0] ?? 'other'} letters that look Latin` };
  }
  return undefined;
}
