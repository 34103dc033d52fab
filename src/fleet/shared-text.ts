// A text under a key of Redis, read up to a most length. Whatever else lies there, of any type, is said to be none, and never read whole.
import type { RedisLink } from './redis-link.js';

export type SharedText =
  /** An absent key is an empty text. */
  | { readonly kind: 'text'; readonly text: string }
  /** Another type, or longer than the most. */
  | { readonly kind: 'strange' }
  /** Redis did not answer, or not to this. */
  | { readonly kind: 'failed'; readonly message: string };

export async function readShared(link: RedisLink, key: string, bytesMost: number): Promise<SharedText> {
  const answer = await link.ask('GETRANGE', key, 0, bytesMost);
  if (!answer.ok) {
    return answer.message.startsWith('WRONGTYPE') ? { kind: 'strange' } : { kind: 'failed', message: answer.message };
  }
  const { value } = answer;
  if (typeof value !== 'string' || Buffer.byteLength(value) > bytesMost) return { kind: 'strange' };
  return { kind: 'text', text: value };
}
