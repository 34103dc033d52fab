// What a look seeks, of these needles.
import type { Sought } from '../../src/egress/look.js';
import type { SoughtValue } from '../../src/egress/needle-bytes.js';

export function soughtOf(needles: readonly SoughtValue[]): Sought {
  return { hasTokens: needles.some(({ kind }) => kind === 'token'), needles };
}
