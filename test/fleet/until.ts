// Waiting for what another process does: looked at again and again, with an end that only a defect reaches.

/** A look that took longer was one of a machine that stood still: what else is waited for stood still too. */
const LOOK_MOST_MS = 1000;

/** Throws when it did not come within a minute (or `withinMs`) of looking. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  let leftMs = withinMs;
  for (let lookMs = performance.now(); !(await condition());) {
    if (leftMs < 0) throw new Error(`did not come: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const now = performance.now();
    leftMs -= Math.min(now - lookMs, LOOK_MOST_MS);
    lookMs = now;
  }
}
