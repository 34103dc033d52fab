import { requestFramingOf } from '../../src/http/request-framing.js';

const framing = (lengths: readonly string[], codings: readonly string[], version: '1.0' | '1.1' = '1.1'): unknown => {
  const read = requestFramingOf({ lengths, codings, version });
  if (typeof read === 'string') return read;
  return read.kind === 'length' ? read.bytes : read.kind;
};

describe('the framing of a request', () => {
  test.each([
    ['nothing said: no body', [], [], 'none'],
    ['a length', ['5'], [], 5],
    ['a length of nothing', ['0'], [], 0],
    ['leading zeros are not octal', ['005'], [], 5],
    ['leading zeros without end', [`${'0'.repeat(40)}10`], [], 10],
    ['the largest length that a number holds', ['9007199254740991'], [], 9007199254740991],
    ['chunked', [], ['chunked'], 'chunked'],
    ['chunked has no case', [], ['ChunKed'], 'chunked'],
  ])('%s', (_rule, lengths, codings, expected) => {
    expect(framing(lengths, codings)).toBe(expected);
  });

  test.each([
    ['length beside chunked', ['5'], ['chunked']],
    ['two equal lengths', ['5', '5'], []],
    ['two different lengths', ['5', '0'], []],
    ['a list of equal lengths', ['5, 5'], []],
    ['a plus sign', ['+5'], []],
    ['a minus sign', ['-5'], []],
    ['hexadecimal', ['0x5'], []],
    ['an underscore', ['0_5'], []],
    ['an exponent', ['1e3'], []],
    ['a fraction', ['5.0'], []],
    ['nothing', [''], []],
    ['a space inside', ['5 5'], []],
    ['over 64 bits', ['18446744073709551621'], []],
    ['just over what a number holds', ['9007199254740992'], []],
    ['digits of another script', ['\u0665'], []],
    ['chunked twice, in two lines', [], ['chunked', 'chunked']],
    ['chunked twice, in a list', [], ['chunked, chunked']],
    ['an empty member', [], [',chunked']],
    ['an empty member behind', [], ['chunked,']],
    ['identity', [], ['identity']],
    ['identity before chunked', [], ['identity, chunked']],
    ['a coding nobody knows', [], ['xchunked']],
    ['quotes', [], ['"chunked"']],
    ['chunked not last', [], ['chunked, identity']],
    ['chunked not last, beside a coding that exists', [], ['chunked, gzip']],
    ['a parameter', [], ['chunked;q=1']],
    ['a vertical tab', [], ['\x0bchunked']],
    ['a no-break space', [], ['chunked\xa0']],
    ['a coding without chunked', [], ['gzip']],
    ['nothing as a coding', [], ['']],
  ])('is refused because two parsers may differ: %s', (_what, lengths, codings) => {
    expect(framing(lengths, codings)).toBe('framing');
  });

  test('chunked in HTTP/1.0 is refused', () => {
    expect(framing([], ['chunked'], '1.0')).toBe('framing');
  });

  test.each(['gzip, chunked', 'x-gzip,chunked', 'deflate , gzip,\tchunked'])(
    'a coding that we do not undo is 501: %s',
    (coding) => {
      expect(framing([], [coding])).toBe('transfer-coding');
    },
  );
});
