import { HostMemory } from '../../src/proxy/host-memory.js';
import { latin1 } from '../http/transcript.js';

const HOSTS = Array.from({ length: 5000 }, (_, i) => `www.site${String(i)}.example`).concat(
  Array.from({ length: 300 }, (_, i) => `${'h'.repeat(i % 70)}${String(i)}.example:8080`),
  ['a', 'ab', 'abc', 'abcd', 'abcde', 'x'.repeat(64), 'x'.repeat(65), `${'x'.repeat(63)}y`],
);

function spanOf(text: string): { view: DataView; start: number; end: number } {
  const bytes = latin1(`..${text}..`);
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start: 2, end: 2 + text.length };
}

test('what is found was kept for exactly these bytes, whatever was kept before', () => {
  const memory = new HostMemory<string>();
  let found = 0;
  for (let round = 0; round < 2; round += 1) {
    for (const host of HOSTS) {
      const { view, start, end } = spanOf(host);
      const known = memory.find(view, start, end);
      if (known !== undefined) found += 1;
      expect([host, known ?? host]).toEqual([host, host]);
      memory.keep(view, start, end, host);
      if (host.length >= 4 && host.length <= 64) expect(memory.find(view, start, end)).toBe(host);
    }
  }
  expect(found).toBeGreaterThan(0);
});

test.each([
  ['short names', (i: number) => `www.site${String(i)}.example`],
  [
    'digits between the words that stand first, last and in the middle',
    (i: number) => `www.partner${String(i).padStart(4, '0')}.example`,
  ],
  ['another subdomain', (i: number) => `u${String(i)}.users.of.one.large.site.example`],
])('hosts of one site find their own places, with %s: nearly all of 64 stay', (_, hostOf) => {
  const memory = new HostMemory<string>();
  const hosts = Array.from({ length: 64 }, (__, i) => hostOf(i));
  for (const host of hosts) {
    const { view, start, end } = spanOf(host);
    memory.keep(view, start, end, host);
  }
  const kept = hosts.filter((host) => {
    const { view, start, end } = spanOf(host);
    return memory.find(view, start, end) === host;
  });
  expect(kept.length).toBeGreaterThan(56);
});

test('after a clear nothing is found', () => {
  const memory = new HostMemory<string>();
  const { view, start, end } = spanOf('www.partner.example');
  memory.keep(view, start, end, 'kept');
  memory.clear();
  expect(memory.find(view, start, end)).toBeUndefined();
});
