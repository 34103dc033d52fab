import { KeyedHash } from '../../src/sketch/keyed-hash.js';

/** HalfSipHash-2-4 with 64 bits of output, key 00..07, of the first n bytes of 00, 01, 02...: the reference's own vectors. */
const VECTORS = `
  218d1f59b9b83cc8 be552412f8387315 064f39ef7c50eb57 ce0f1a45f7060679 d5e78a175be52ea1 cb9d7c3f2f3db580 ce3e91358aa2bc25
  ff202728b07bc684 edfee820bce4858c 5b51cccc13888307 95b0469f06a6f2ee ae26333994ddcd48 7bc71f9faef5c799 5a2352d75a0c3744
  3bb1a870eae8e658 217d0bcb4e81c902 7336aad25f7bf3b5 37adc0641c4c4f6a c9b2db2b9a3e42f9 f910e48020ab363c 1bf52b0a6feea7db
  00741dc269e8b3ef e20103fa1ba776ef 4c2210e54b681d73 70741045ae3fa6f1 0c86403739714038 0d899ed8112923f0`
  .trim()
  .split(/\s+/);
const KEY = Uint8Array.from({ length: 8 }, (_, i) => i);

const hashOf = (text: string, key = KEY): string => {
  const hash = new KeyedHash(key);
  hash.of(text);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(hash.low, 0);
  bytes.writeUInt32LE(hash.high, 4);
  return bytes.toString('hex');
};

test.each(VECTORS.map((vector, length) => [length, vector] as const))(
  'of %i bytes it is what the reference gives',
  (length, vector) => {
    expect(hashOf(String.fromCharCode(...Array.from({ length }, (_, i) => i)))).toBe(vector);
  },
);

test('bytes over 127 count whole', () => {
  expect(hashOf('\u00ff')).not.toBe(hashOf('\u007f'));
});

test('another key gives another hash', () => {
  expect(
    hashOf(
      '447700900123',
      KEY.map((byte) => byte + 1),
    ),
  ).not.toBe(hashOf('447700900123'));
});

test('of a long text its first 256 characters and its length count', () => {
  const text = 'x'.repeat(256);
  expect(hashOf(`${text}ab`)).toBe(hashOf(`${text}cd`));
  expect(hashOf(`${text}a`)).not.toBe(hashOf(`${text}ab`));
});

test('a key inside a larger buffer is read where it stands', () => {
  const wide = Uint8Array.from([9, 9, 9, ...KEY]);
  expect(hashOf('abc', wide.subarray(3))).toBe(hashOf('abc'));
});
