// A set of listeners or of ports: these, or all but these. Infinite sets stay exact without a list of everything.

export interface Axis<T> {
  /** `only`: the members; `except`: everything but the members, so that no members mean everything. */
  readonly kind: 'only' | 'except';
  /** Sorted. */
  readonly members: readonly T[];
}

/** `asked` are the members that were looked at one by one, `hit` those inside; `isRestInside` says the same of all others. */
export function axisOf<T extends string | number>(
  asked: readonly T[],
  hit: ReadonlySet<T>,
  isRestInside: boolean,
): Axis<T> {
  const members = asked.filter((member) => hit.has(member) !== isRestInside);
  return { kind: isRestInside ? 'except' : 'only', members };
}

/** Whether the set is everything. */
export function isEverything<T>({ kind, members }: Axis<T>): boolean {
  return kind === 'except' && members.length === 0;
}

export function isMember<T>({ kind, members }: Axis<T>, each: T): boolean {
  return members.includes(each) === (kind === 'only');
}
