// The order on what is permitted: none < pseudonym < unchanged, and TLS to a port < plain. What is neither more nor less (another
// port, another key) is incomparable: it has something that the other lacks, so it needs approval like a widening.
import type { Permitted, PermittedRoute } from './exposure.js';

export type Direction = 'equivalent' | 'narrowing' | 'widening' | 'incomparable';

const RANK = { none: 0, pseudonym: 1, unchanged: 2 } as const;

/** From `before` to `after`. */
export function directionOf(before: Permitted, after: Permitted): Direction {
  if (before.form === 'none' || after.form === 'none') return ofSigns(RANK[after.form] - RANK[before.form], 0);
  const forms = RANK[after.form] - RANK[before.form];
  const keys = forms === 0 ? ofSets(before.keys, after.keys) : 'equivalent';
  return together([ofSigns(forms, 0), keys, ofRoutes(before.route, after.route)]);
}

/** The direction of changes made together. */
export function together(directions: readonly Direction[]): Direction {
  const widens = directions.some((each) => each === 'widening' || each === 'incomparable');
  const narrows = directions.some((each) => each === 'narrowing' || each === 'incomparable');
  return ofSigns(widens ? 1 : 0, narrows ? -1 : 0);
}

/** More members are wider. */
function ofSets(before: readonly string[], after: readonly string[]): Direction {
  const gained = after.some((each) => !before.includes(each));
  const lost = before.some((each) => !after.includes(each));
  return ofSigns(gained ? 1 : 0, lost ? -1 : 0);
}

function ofRoutes(before: PermittedRoute | null, after: PermittedRoute | null): Direction {
  if (before === null || after === null) return 'equivalent';
  if (before.transport === 'tls' && after.transport === 'tls')
    return before.port === after.port ? 'equivalent' : 'incomparable';
  return ofSigns((after.transport === 'http' ? 1 : 0) - (before.transport === 'http' ? 1 : 0), 0);
}

function ofSigns(a: number, b: number): Direction {
  const widens = a > 0 || b > 0;
  const narrows = a < 0 || b < 0;
  if (widens) return narrows ? 'incomparable' : 'widening';
  return narrows ? 'narrowing' : 'equivalent';
}
