// Waiting for what another process does: looked at again and again, with an end that only a defect reaches.

/** Throws when it did not come within a minute (or `withinMs`). */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`did not come: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
