import type { Field, ResponseHead } from '../../src/http/message.js';
import { type ReadResponse, readResponse } from '../../src/http/response.js';

const fieldsOf = (lines: readonly string[]): readonly Field[] =>
  lines.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 1).trim() }));
const headOf = (status: number, ...lines: string[]): ResponseHead => ({
  status,
  reason: 'OK',
  version: '1.1',
  fields: fieldsOf(lines),
});
const response = (head: ResponseHead, method = 'GET'): ReadResponse => {
  const reading = readResponse(head, method);
  if (reading.kind === 'fault') throw new Error(reading.fault);
  return reading;
};
const faultOf = (head: ResponseHead): string => {
  const reading = readResponse(head, 'GET');
  return reading.kind === 'fault' ? reading.fault : 'read';
};

describe('the framing of an answer', () => {
  test.each([
    ['a length', ['Content-Length: 5'], { kind: 'length', bytes: 5 }],
    ['chunked', ['Transfer-Encoding: Chunked'], { kind: 'chunked' }],
    ['nothing said: the body ends with the connection', [], { kind: 'close' }],
    ['a length of nothing', ['Content-Length: 0'], { kind: 'length', bytes: 0 }],
  ])('%s', (_rule, lines, framing) => {
    expect(response(headOf(200, ...lines)).framing).toEqual(framing);
  });

  test.each([
    ['204', 204, 'GET'],
    ['304', 304, 'GET'],
    ['an interim answer', 103, 'GET'],
    ['a switch of protocols', 101, 'GET'],
    ['HEAD', 200, 'HEAD'],
  ])('there is no body, whatever is declared: %s', (_what, status, method) => {
    expect(response(headOf(status, 'Content-Length: 5'), method)).toMatchObject({
      framing: { kind: 'none' },
      declaredBytes: 5,
    });
    expect(response(headOf(status, 'Transfer-Encoding: chunked'), method).framing).toEqual({ kind: 'none' });
  });

  test('equal lengths are one, and that is counted as a repair', () => {
    expect(response(headOf(200, 'Content-Length: 5', 'content-length: 05'))).toMatchObject({
      framing: { bytes: 5 },
      repairs: ['equal-lengths'],
    });
    expect(response(headOf(200, 'Content-Length: 5, 5'))).toMatchObject({
      framing: { bytes: 5 },
      repairs: ['equal-lengths'],
    });
    expect(response(headOf(200, 'Content-Length: 5')).repairs).toEqual([]);
  });

  test.each([
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6']],
    ['two lengths in a list', ['Content-Length: 5, 6']],
    ['a length with a sign', ['Content-Length: +5']],
    ['an empty length', ['Content-Length:']],
    ['an empty member', ['Content-Length: 5,']],
    ['length with chunked', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['a coding that we do not undo', ['Transfer-Encoding: gzip, chunked']],
    ['chunked twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    ['an unknown coding', ['Transfer-Encoding: identity']],
  ])('is a fault: %s', (_what, lines) => {
    expect(faultOf(headOf(200, ...lines))).toBe('answer-framing');
  });

  test('chunked from HTTP/1.0 is a fault', () => {
    expect(faultOf({ ...headOf(200, 'Transfer-Encoding: chunked'), version: '1.0' })).toBe('answer-framing');
  });
});

describe('the head of an answer', () => {
  test.each([
    ['a NUL in a value', { fields: [{ name: 'X', value: 'a\0b' }] }],
    ['a bare CR in a value', { fields: [{ name: 'X', value: 'a\rb' }] }],
    ['DEL in a value', { fields: [{ name: 'X', value: 'a\x7fb' }] }],
    ['a name with a space', { fields: [{ name: 'X ', value: 'a' }] }],
    ['an empty name', { fields: [{ name: '', value: 'a' }] }],
    ['a control character in the reason', { reason: 'O\0K' }],
    ['another version', { version: '2.0' }],
    ['a status that is none', { status: 99 }],
    ['a status of four digits', { status: 1000 }],
    ['no number at all', { status: Number.NaN }],
  ])('is a fault: %s', (_what, part) => {
    expect(faultOf({ ...headOf(200), ...part })).toBe('answer-syntax');
  });

  test('an empty reason and statuses that real sites invent are read', () => {
    expect(faultOf({ ...headOf(999), reason: '' })).toBe('read');
  });

  test('256 fields and 64 KiB are the most', () => {
    const filler = Array.from({ length: 256 }, () => 'X: v');
    expect(faultOf(headOf(200, ...filler))).toBe('read');
    expect(faultOf(headOf(200, ...filler, 'X: v'))).toBe('answer-size');
    expect(faultOf(headOf(200, `X: ${'v'.repeat(65_000)}`))).toBe('read');
    expect(faultOf(headOf(200, `X: ${'v'.repeat(65_536)}`))).toBe('answer-size');
  });
});

describe('what goes on to the client', () => {
  test('fields of one connection and framing stay with us, the order of the others stays', () => {
    const lines = [
      'Set-Cookie: a',
      'Connection: close, X-Hop',
      'Keep-Alive: x',
      'X-Hop: 1',
      'Proxy-Authenticate: x',
      'Content-Length: 5',
      'Transfer_Encoding: x',
      'Set-Cookie: b',
      'Trailer: x',
      'Upgrade: h2c',
    ];
    expect(response(headOf(200, ...lines)).fields).toEqual(fieldsOf(['Set-Cookie: a', 'Set-Cookie: b']));
  });

  test('the destination closes when it says so, or speaks 1.0', () => {
    expect(response(headOf(200, 'Connection: Close')).connectionClose).toBe(true);
    expect(response(headOf(200, 'Connection: keep-alive')).connectionClose).toBe(false);
    expect(response({ ...headOf(200, 'Connection: keep-alive'), version: '1.0' }).connectionClose).toBe(true);
  });
});
