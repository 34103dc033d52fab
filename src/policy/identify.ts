// Whether a name is an identity header, by catalogue and own list, in every spelling. One function for policy and decision.
import { keysOf } from '../names/key.js';
import { catalogueIdentityOf } from './catalogue.js';
import type { OwnHeader } from './policy.js';
import type { Identity } from './ruleset.js';

/** The label of an own header: its spelling in lower case, a prefix with `*`. */
export function ownLabel(header: OwnHeader): string {
  return header.spelling.toLowerCase() + (header.kind === 'prefix' ? '*' : '');
}

/**
 * A look-up of names, for one list of own headers: the name's key, then its key without one leading `http`. Own headers win
 * over the catalogue, exact names over prefixes.
 */
export function identifierOf(headers: readonly OwnHeader[]): (name: string) => Identity | undefined {
  const names = new Map(headers.filter((header) => header.kind === 'name').map((header) => [header.key, header]));
  const prefixes = headers.filter((header) => header.kind === 'prefix');
  const byKey = (key: string): Identity | undefined => {
    const own = names.get(key) ?? prefixes.find((header) => key.startsWith(header.key));
    if (own === undefined) return catalogueIdentityOf(key);
    return { key, label: ownLabel(own), class: own.carries, action: 'strip', source: 'own', common: false };
  };
  return (name) => {
    for (const key of keysOf(name)) {
      const identity = byKey(key);
      if (identity !== undefined) return identity;
    }
    return undefined;
  };
}
