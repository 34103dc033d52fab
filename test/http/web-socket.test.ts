import type { Field } from '../../src/http/message.js';
import { webSocketKeyOf } from '../../src/http/web-socket.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const handshake: readonly Field[] = [
  { name: 'Upgrade', value: 'websocket' },
  { name: 'Sec-WebSocket-Key', value: KEY },
  { name: 'Sec-WebSocket-Version', value: '13' },
];
const ask = (fields: readonly Field[], more: Partial<Parameters<typeof webSocketKeyOf>[0]> = {}): unknown =>
  webSocketKeyOf({ method: 'GET', version: '1.1', fields, options: ['upgrade'], hasBody: false, ...more });
const without = (name: string): readonly Field[] => handshake.filter((field) => field.name !== name);
const withField = (name: string, value: string): readonly Field[] => [...without(name), { name, value }];

describe('a request to become a WebSocket', () => {
  test('a handshake as RFC 6455 writes it gives its key', () => {
    expect(ask(handshake)).toEqual({ key: KEY });
    expect(ask(withField('Upgrade', 'WebSocket'))).toEqual({ key: KEY });
  });

  test.each([
    ['there is no Upgrade', without('Upgrade'), {}],
    ['the protocol is h2c', withField('Upgrade', 'h2c'), {}],
    ['there is a second protocol in the list', withField('Upgrade', 'websocket, h2c'), {}],
    ['there is a second Upgrade line', [...handshake, { name: 'upgrade', value: 'websocket' }], {}],
    ['Connection does not say upgrade', handshake, { options: ['keep-alive'] }],
    ['the method is POST', handshake, { method: 'POST' }],
    ['the version is 1.0', handshake, { version: '1.0' as const }],
  ])('is none, and the request goes on as a plain one, when %s', (_rule, fields, more) => {
    expect(ask(fields, more)).toEqual({ key: null });
  });

  test.each([
    ['absent', without('Sec-WebSocket-Key')],
    ['too short', withField('Sec-WebSocket-Key', 'dGhlIHNhbXBsZQ==')],
    ['of 17 bytes', withField('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZTE=')],
    ['with bits that do not count', withField('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZR==')],
    ['twice', [...handshake, { name: 'sec-websocket-key', value: KEY }]],
    ['empty', withField('Sec-WebSocket-Key', '')],
  ])('is refused with a key %s', (_what, fields) => {
    expect(ask(fields)).toBe('upgrade');
  });

  test.each([
    ['absent', without('Sec-WebSocket-Version')],
    ['777', withField('Sec-WebSocket-Version', '777')],
    ['8', withField('Sec-WebSocket-Version', '8')],
    ['a list', withField('Sec-WebSocket-Version', '13, 8')],
    ['twice', [...handshake, { name: 'Sec-WebSocket-Version', value: '13' }]],
  ])('is told the version that we speak when its own is %s', (_what, fields) => {
    expect(ask(fields)).toBe('upgrade-version');
  });

  test('any Upgrade with a body is refused: some parsers take the body for the tunnel', () => {
    expect(ask(handshake, { hasBody: true })).toBe('framing');
    expect(ask(withField('Upgrade', 'h2c'), { hasBody: true })).toBe('framing');
    expect(ask(without('Upgrade'), { hasBody: true })).toEqual({ key: null });
  });
});
