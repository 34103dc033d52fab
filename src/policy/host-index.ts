// Patterns by host, so that a question costs one look-up for each label of the host, however many patterns there are.
import type { HostPattern } from './policy.js';

interface Slots<T> {
  readonly exact: T[];
  readonly one: T[];
  readonly any: T[];
}

export interface HostIndex<T> {
  /** The first item, among those whose pattern covers the host, that `accepts`; undefined if none. */
  find(host: string, accepts: (item: T) => boolean): T | undefined;
}

/** `host` in questions is canonical, as `names/` writes it. */
export function hostIndexOf<T>(items: Iterable<readonly [HostPattern, T]>): HostIndex<T> {
  const byHost = new Map<string, Slots<T>>();
  for (const [pattern, item] of items) {
    let slots = byHost.get(pattern.host);
    if (slots === undefined) byHost.set(pattern.host, (slots = { exact: [], one: [], any: [] }));
    slots[pattern.kind].push(item);
  }
  if (byHost.size === 0) return { find: () => undefined };
  return {
    find(host, accepts) {
      const here = first(byHost.get(host)?.exact, accepts);
      if (here !== undefined) return here;
      let isParent = true;
      for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
        const slots = byHost.get(host.slice(dot + 1));
        if (slots !== undefined) {
          const found = (isParent ? first(slots.one, accepts) : undefined) ?? first(slots.any, accepts);
          if (found !== undefined) return found;
        }
        isParent = false;
      }
      return undefined;
    },
  };
}

function first<T>(items: readonly T[] | undefined, accepts: (item: T) => boolean): T | undefined {
  if (items === undefined) return undefined;
  for (const item of items) if (accepts(item)) return item;
  return undefined;
}
