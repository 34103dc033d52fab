// What somebody who can write Redis may put under any key of ours: each type that Redis has, and texts that are nothing of ours.
import type { Redis } from 'ioredis';

/** In the place of whatever the key held. What this Redis does not know of is left out. */
type Spoil = (client: Redis, key: string) => Promise<unknown>;

const TEXTS: readonly (readonly [name: string, text: string | Buffer])[] = [
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ['lockdowns that are none', '{"version":1,"lockdowns":[null,7,"x",{},{"partner":7},[[]]]}'],
  ['a hundred thousand brackets', '['.repeat(100_000)],
  ['another prototype', '{"__proto__":{"lockdowns":[]},"name":"gw-1"}'],
  ['two million letters', 'x'.repeat(2_000_000)],
  ['a number that is none', '-1e999'],
  ['null', 'null'],
  ['an empty map', '{}'],
  ['names that are none', '{"version":1,"listener":"internet","day":1,"names":[null,7,["x"],["x","y"],{}]}'],
];

const SPOILS: readonly (readonly [name: string, spoil: Spoil])[] = [
  ['a list', (client, key) => client.rpush(key, 'x')],
  ['a hash', (client, key) => client.hset(key, 'x', 'y')],
  ['a set', (client, key) => client.sadd(key, 'x')],
  ['a sorted set', (client, key) => client.zadd(key, 1, 'x')],
  ['a stream', (client, key) => client.xadd(key, '*', 'x', 'y')],
  ['a HyperLogLog', (client, key) => client.pfadd(key, 'x')],
  ['ten million bytes', (client, key) => client.setbit(key, 80_000_000, 1)],
  ...TEXTS.map(([name, text]) => [name, (client: Redis, key: string) => client.set(key, text)] as const),
];

export const GARBAGE: readonly (readonly [name: string, spoil: Spoil])[] = SPOILS.map(([name, spoil]) => [
  name,
  async (client, key) => {
    await client.del(key);
    await spoil(client, key).catch(() => undefined);
  },
]);
