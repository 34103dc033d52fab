// The built-in catalogue, looked up by key. It knows names, no policy and no value.
import { keyOf } from '../names/key.js';
import { CATALOGUE, type CatalogueEntry } from './catalogue-data.js';
import type { Identity } from './ruleset.js';

type Known = Identity & { readonly entry: CatalogueEntry };

function knownOf(entry: CatalogueEntry): Known {
  return {
    entry,
    key: keyOf(entry.name ?? entry.prefix ?? ''),
    label: catalogueLabel(entry),
    class: entry.class,
    action: entry.grade === 'C' ? 'count' : 'strip',
    source: 'catalogue',
    common: entry.common === true,
  };
}

const PREFIXES: readonly Known[] = CATALOGUE.filter((entry) => entry.prefix !== undefined).map(knownOf);
const NAMES: ReadonlyMap<string, Identity> = new Map(
  CATALOGUE.filter((entry) => entry.name !== undefined)
    .map(knownOf)
    .map(({ entry: _, ...known }) => {
      // A name of low trust inside a prefix that is withheld is withheld like its neighbours.
      const isInside = PREFIXES.some((prefix) => known.key.startsWith(prefix.key) && prefix.action === 'strip');
      return [known.key, isInside ? { ...known, action: 'strip' as const } : known];
    }),
);

/** How the entry is called in metrics and reports: `x-msisdn`, `x-h3g-*`. */
export function catalogueLabel(entry: CatalogueEntry): string {
  return entry.name ?? `${entry.prefix ?? ''}*`;
}

/** What the catalogue knows of a key (an exact name before a prefix); `key` of the answer is the key asked for. */
export function catalogueIdentityOf(key: string): Identity | undefined {
  const exact = NAMES.get(key);
  if (exact !== undefined) return exact;
  const prefix = PREFIXES.find((known) => key.startsWith(known.key));
  if (prefix === undefined) return undefined;
  const { entry: _, ...known } = prefix;
  return { ...known, key };
}

/** Every identity of the catalogue, names and then prefixes (their `key` is the prefix's). */
export function catalogueIdentities(): readonly Identity[] {
  return [...NAMES.values(), ...PREFIXES.map(({ entry: _, ...known }) => known)];
}
