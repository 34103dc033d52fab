// How a policy is called in a line for people.

/** Enough to tell policies apart, too short to be a number: `8c1f2ab…`. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 7)}…`;
}
