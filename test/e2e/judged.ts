// A document of plain data against a table of judges, leaf by leaf: what has no judge is a fault, so a new figure without a check fails.

/** What has nothing in it is an empty list. */
export type Leaf = string | number | boolean | null | readonly [];
/** The objects and lists that a leaf is in, the innermost first; the document is the last. */
export type Owners = readonly Readonly<Record<string, unknown>>[];
/** What is wrong with it; null: nothing. */
export type Judge = (leaf: Leaf, owners: Owners) => string | null;

export interface Judgement {
  readonly faults: readonly string[];
  /** The patterns that judged something. */
  readonly used: ReadonlySet<string>;
}

/** `judges` by pattern: the keys that lead to a leaf, with a dot between and `*` for every place in a list. */
export function judgementOf(document: object, judges: Readonly<Record<string, Judge>>): Judgement {
  const faults: string[] = [];
  const used = new Set<string>();
  const walk = (value: unknown, path: readonly string[], owners: Owners): void => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      const inside = [value as Owners[number], ...owners];
      for (const [key, each] of Object.entries(value)) {
        walk(each, [...path, Array.isArray(value) ? `*${key}` : key], inside);
      }
      return;
    }
    const pattern = path.map((key) => (key.startsWith('*') ? '*' : key)).join('.');
    const judge = judges[pattern];
    used.add(pattern);
    const fault =
      judge === undefined
        ? 'nobody judges it'
        : judge(typeof value === 'object' && value !== null ? [] : (value as Leaf), owners);
    if (fault !== null) faults.push(`${path.join('.').replaceAll('*', '')}: ${fault}`);
  };
  walk(document, [], []);
  return { faults, used };
}

export const is =
  (...wanted: readonly Leaf[]): Judge =>
  (leaf) =>
    wanted.some((each) => JSON.stringify(each) === JSON.stringify(leaf))
      ? null
      : `${JSON.stringify(leaf)} is none of ${JSON.stringify(wanted)}`;

export const matches =
  (pattern: RegExp): Judge =>
  (leaf) =>
    typeof leaf === 'string' && pattern.test(leaf) ? null : `${JSON.stringify(leaf)} does not match ${String(pattern)}`;

/** RFC 3339 of whole seconds, of a moment between these, milliseconds since the epoch; a second of doubt at either end. */
export const isWithin =
  (spellOf: (owners: Owners) => readonly [from: number, until: number] | undefined): Judge =>
  (leaf, owners) => {
    const spell = spellOf(owners);
    if (spell === undefined) return `nothing is known that ${JSON.stringify(leaf)} could be of`;
    const at = Date.parse(String(leaf));
    const isSecond = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(leaf));
    return isSecond && at >= Math.floor(spell[0] / 1000) * 1000 - 1000 && at <= spell[1] + 1000
      ? null
      : `${JSON.stringify(leaf)} is not within ${spell.map((ms) => new Date(ms).toISOString()).join(' to ')}`;
  };
