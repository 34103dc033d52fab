// Listeners of a change as people read them: by their names where the settings are known, else as the set that it is.
import { isEverything, type Axis } from './axis.js';
import type { GatedSettings } from './setting-rules.js';

/** Names of the listeners that any of the settings has, sorted; undefined where no settings are known. */
export function listenersIn(settings: readonly (GatedSettings | undefined)[]): readonly string[] | undefined {
  const known = settings.filter((each) => each !== undefined);
  if (known.length === 0) return undefined;
  const names = known.flatMap((each) =>
    Object.keys(each).flatMap((path) => /^listeners\.([^.]+)\.clients$/.exec(path)?.[1] ?? []),
  );
  return [...new Set(names)].sort();
}

/** Those of `configured` in the set. */
export function listenersMeant({ kind, members }: Axis<string>, configured: readonly string[]): readonly string[] {
  return configured.filter((name) => members.includes(name) === (kind === 'only'));
}

/** Empty for everything. `` listener `roaming` ``, `every listener`, and with nothing configured `` every listener but `internet` ``. */
export function listenersText(axis: Axis<string>, configured: readonly string[] | undefined): string {
  if (isEverything(axis)) return '';
  if (configured === undefined) {
    return axis.kind === 'only' ? named(axis.members) : `every listener but ${quoted(axis.members)}`;
  }
  const meant = listenersMeant(axis, configured);
  if (meant.length === configured.length) return 'every listener';
  return meant.length === 0 ? 'no listener of the settings' : named(meant);
}

function named(names: readonly string[]): string {
  return `${names.length === 1 ? 'listener' : 'listeners'} ${quoted(names)}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
