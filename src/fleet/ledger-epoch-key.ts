// The key of the ledger's epoch that all replicas share, so that a subscriber whom two of them released counts once. The first one to say
// it has it; it goes by itself when the epoch is over.
import { epochOf } from '../ledger/epoch.js';
import type { RedisLink } from './redis-link.js';
import { readShared } from './shared-text.js';

export interface SharedKey {
  readonly epoch: string;
  /** 8 bytes. */
  readonly key: Uint8Array;
}

const TEXT = /^(\d{4}-\d{2}-\d{2}-[0-9a-f]{4}) ([0-9a-f]{16})$/;
/** Of clocks that differ. */
const AHEAD_MS = 86_400_000;

/**
 * The key that is in force for all: `own`, where nobody was first. Undefined: Redis does not say, or what it says is no key of ours or
 * of no epoch of now; each counts on with its own then.
 */
export async function sharedKeyOf(link: RedisLink, own: SharedKey, now: number): Promise<SharedKey | undefined> {
  const name = link.key('ledger', 'epoch');
  const text = `${own.epoch} ${Buffer.from(own.key).toString('hex')}`;
  const set = await link.ask('SET', name, text, 'NX', 'PXAT', epochOf(own.epoch).until);
  if (!set.ok && !set.message.startsWith('OOM')) return undefined;
  const read = await readShared(link, name, 128);
  const [, epoch, key] = (read.kind === 'text' ? TEXT.exec(read.text) : null) ?? [];
  if (epoch === undefined || key === undefined) return undefined;
  const { began, until } = epochOf(epoch);
  return began <= now + AHEAD_MS && now < until ? { epoch, key: Buffer.from(key, 'hex') } : undefined;
}
