// Waiting for something to become true. A time limit here is a way to fail with a sentence, never what a case asserts.

/** How long a case waits for an event before it says what did not happen, in milliseconds. */
export const PATIENCE_MS = 10_000;

/** Resolves when `isTrue` says so; it is asked again every few milliseconds. Rejects with `what` after `ms`. */
export async function eventually(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  ms: number = PATIENCE_MS,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
