// The paths that every wire case runs on. One list: `[slow]` alone, later also `[fast]` and both together.

export type Path = 'fast' | 'slow';

/** The values of the setting `paths` that the product can be started with today. */
export const PATHS: readonly (readonly Path[])[] = [['slow'], ['fast'], ['fast', 'slow']];

/** What a case may expect of the fast path alone (rules marked `fast` in the rules of the byte path). */
export function isFast(paths: readonly Path[]): boolean {
  return paths.includes('fast');
}
