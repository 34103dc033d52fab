import { METHODS as NODE_METHODS } from 'node:http';
import { METHODS } from '../../src/http/methods.js';

test('we know no method that Node 20 does not know: the slow path could not carry it', () => {
  expect([...METHODS].filter((method) => !NODE_METHODS.includes(method))).toEqual([]);
});

test('methods are written in upper case and there is no PRI, the preface of HTTP/2', () => {
  expect([...METHODS].filter((method) => method !== method.toUpperCase())).toEqual([]);
  expect(METHODS.has('PRI')).toBe(false);
});
