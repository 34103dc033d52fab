// Orders of lockdown as they are read: whatever names a scope takes away, nothing throws, nothing of a subscriber gets in.
import fc from 'fast-check';
import { ordersIn, renderOrders, type LockdownOrder } from '../../src/fleet/lockdown-orders.js';
import { statusIn } from '../../src/fleet/replica-status.js';

const ORDER: LockdownOrder = { id: '0'.repeat(31) + '1', partner: 'pay', by: 'alice', reason: 'contract ended' };
const one = (order: object): string => JSON.stringify({ version: 1, lockdowns: [order] });

test('what is written is read back', () => {
  const orders = [ORDER, { ...ORDER, id: 'f'.repeat(32), partner: null }];
  expect(ordersIn(renderOrders(orders))).toEqual(orders);
  expect(ordersIn(renderOrders([]))).toEqual([]);
  expect(ordersIn('')).toEqual([]);
});

test.each(['x', '7', 'null', '[]', '{}', '{"lockdowns":{}}', '['.repeat(100_000)])('%.20s is none of ours', (text) => {
  expect(ordersIn(text)).toBeNull();
});

test('an order that names whom is one, however odd the rest', () => {
  expect(ordersIn(one({ partner: null, id: 7, by: {}, reason: ['x'], more: 1 }))).toEqual([
    { id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, partner: null, by: 'unknown', reason: 'no reason given' },
  ]);
});

test('the same odd order is the same order, so that it can be ended', () => {
  const text = one({ partner: null, reason: 'x' });
  expect(ordersIn(text)).toEqual(ordersIn(text));
  expect(ordersIn(one({ partner: null, reason: 'y' }))?.[0]?.id).not.toBe(ordersIn(text)?.[0]?.id);
});

test.each([7, {}, '', '-x', 'a b', 'x'.repeat(200), undefined])('a partner %j names nobody', (partner) => {
  expect(ordersIn(one({ ...ORDER, partner }))).toEqual([]);
});

test('words are one line, short, and hold no number', () => {
  const [order] =
    ordersIn(one({ ...ORDER, by: 'a\nb'.repeat(99), reason: `seen: 447700900123 ${'x'.repeat(999)}` })) ?? [];
  expect(order?.by).toMatch(/^[^\n]{100}$/);
  expect(order?.reason).toMatch(/^seen: \[digits\] x+$/);
  expect(order?.reason).toHaveLength(500);
});

test('an order stands once, and a thousand are enough', () => {
  expect(ordersIn(JSON.stringify({ lockdowns: [ORDER, ORDER] }))).toHaveLength(1);
  const many = Array.from({ length: 2000 }, (_, i) => ({ partner: `p${i}` }));
  expect(ordersIn(JSON.stringify({ lockdowns: many }))).toHaveLength(1000);
});

test('whatever lies there, nothing throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.anything().map((value) => one({ ...ORDER, partner: value })),
      ),
      (text) => {
        const orders = ordersIn(text);
        expect(orders === null || Array.isArray(orders)).toBe(true);
        expect(statusIn(text)).toBeUndefined();
      },
    ),
  );
});
