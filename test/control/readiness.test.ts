// The line of /readyz.
import { renderReadiness } from '../../src/control/readiness.js';
import { CANDIDATE } from './admin-memory.js';

test.each([
  ['ready', null, 'ready'],
  ['withholding', null, 'withholding'],
  ['ready', CANDIDATE, 'ready; policy refused: not-approved widening since 2026-03-01T09:14:00.000Z'],
  [
    'draining',
    { ...CANDIDATE, code: 'invalid', direction: null },
    'draining; policy refused: invalid since 2026-03-01T09:14:00.000Z',
  ],
] as const)('%s', (state, candidate, line) => {
  expect(renderReadiness({ state, candidate })).toBe(line);
});
