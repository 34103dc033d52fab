import { isIP } from 'node:net';
import fc from 'fast-check';
import { parseAddress, renderAddress } from '../../src/names/address.js';

const canonical = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address && renderAddress(address);
};

describe('an address', () => {
  test.each([
    ['zeros are compressed once, the longest run', '2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['of two equal runs the first', '2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['one zero group alone is written out', '2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['leading zeros go, letters are lower', '2001:0DB8::00Aa', '2001:db8::aa'],
    ['all zeros', '0:0:0:0:0:0:0:0', '::'],
    ['loopback', '0:0:0:0:0:0:0:1', '::1'],
    ['a run at the end', 'fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['mapped addresses are written mixed', '::ffff:7f00:1', '::ffff:127.0.0.1'],
    ['a dotted quad may end an IPv6 address', '64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['a dotted quad', '192.0.2.33', '192.0.2.33'],
    ['the highest', '255.255.255.255', '255.255.255.255'],
  ])('%s', (_rule, text, rendered) => {
    expect(canonical(text)).toBe(rendered);
  });

  test.each([
    '1.2.3',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '01.2.3.4',
    '1.2.3.256',
    '::1%eth0',
    '[::1]',
    '1.2.3.4::',
    '::1.2.3.4:5',
    ':1::',
    '1:',
    '',
  ])('is refused: %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('we read exactly what the platform reads as an address, and our spelling means the same', () => {
    const piece = fc.oneof(
      fc.constantFrom(':', '::', '.', '0', 'ffff', '127.0.0.1', '%', 'g'),
      fc.stringMatching(/^[0-9a-f]{1,5}$/),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const address = parseAddress(text);
          expect(address !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'));
          if (address === undefined) return;
          expect(parseAddress(renderAddress(address))).toEqual(address);
          if (address.kind === 'ipv6' && !text.includes('.')) {
            const platform = new URL(`http://[${text}]/`).hostname.slice(1, -1);
            expect(parseAddress(platform)).toEqual(address);
            if (!renderAddress(address).includes('.')) expect(renderAddress(address)).toBe(platform);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
