// How many descriptors a process may have, and how many its client connections need: each has one to the client and one to a destination.
import { readFileSync } from 'node:fs';

/** For listeners, logs, resolvers, the channel to the primary, and connections that are just closing. */
const SPARE = 200;

/** What one process needs when `connections` are shared among `workers`. */
export function descriptorsFor(connections: number, workers: number): number {
  return 2 * Math.ceil(connections / workers) + SPARE;
}

/** The most connections that `workers` processes with this limit each can carry; 0 where the limit is too low for any. */
export function connectionsCarriedBy(descriptors: number, workers: number): number {
  return Math.max(0, Math.floor((descriptors - SPARE) / 2)) * workers;
}

/** The soft limit in the text of /proc/self/limits; null where it has none (`unlimited` is Infinity). */
export function parseDescriptorLimit(text: string): number | null {
  const match = /^Max open files\s+(\d+|unlimited)\s/m.exec(text);
  if (match === null) return null;
  return match[1] === 'unlimited' ? Infinity : Number(match[1]);
}

/** The limit of this process; null where the system does not say. Node has raised the soft limit to the hard one. */
export function descriptorLimit(): number | null {
  try {
    return parseDescriptorLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return null;
  }
}
