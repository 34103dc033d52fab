// The epochs of the ledger: 400 days in which one key hashes subscribers, then another one. Its id says when it began.
import type { Epoch } from './ledger-reading.js';

const DAY_MS = 86_400_000;
/** As long as anything is kept: a key is constant for an epoch, and gone when it ends. */
export const EPOCH_DAYS = 400;

/** `2026-06-01-9f3c`; `salt`: two random bytes. */
export function epochIdOf(now: number, salt: Uint8Array): string {
  return `${new Date(now).toISOString().slice(0, 10)}-${Buffer.from(salt).toString('hex')}`;
}

/** It began with its day, at midnight UTC. An id that is none of ours began at 0. */
export function epochOf(id: string): Epoch {
  const day = Date.parse(`${id.slice(0, 10)}T00:00:00Z`);
  const began = Number.isNaN(day) ? 0 : day;
  return { id, began, until: began + EPOCH_DAYS * DAY_MS };
}
