// Listeners of a change by the names that the settings have.
import { listenersIn, listenersText } from '../../src/policy/listener-text.js';

const CONFIGURED = ['internet', 'roaming'];

test.each([
  ['everything is not said', { kind: 'except', members: [] }, ''],
  ['one of several is named', { kind: 'only', members: ['roaming'] }, 'listener `roaming`'],
  ['all but one are those that are left', { kind: 'except', members: ['roaming'] }, 'listener `internet`'],
  ['all that are configured are every listener', { kind: 'only', members: ['internet', 'roaming'] }, 'every listener'],
  ['all but one that is not there are every listener', { kind: 'except', members: ['lab'] }, 'every listener'],
  ['all but those that are there are none', { kind: 'except', members: CONFIGURED }, 'no listener of the settings'],
  ['one that is not there is none', { kind: 'only', members: ['lab'] }, 'no listener of the settings'],
] as const)('%s', (_rule, axis, said) => {
  expect(listenersText(axis, CONFIGURED)).toBe(said);
});

test('without settings a set is said as it is', () => {
  expect(listenersText({ kind: 'except', members: ['internet'] }, undefined)).toBe('every listener but `internet`');
  expect(listenersText({ kind: 'only', members: CONFIGURED }, undefined)).toBe('listeners `internet`, `roaming`');
});

test('listeners of both sides count, and settings that are not known are none', () => {
  const of = (name: string) => ({ [`listeners.${name}.clients`]: ['10.0.0.0/8'], [`listeners.${name}.trust`]: 'none' });
  expect(listenersIn([of('roaming'), undefined, { ...of('internet'), skewMs: 1 }])).toEqual(CONFIGURED);
  expect(listenersIn([undefined])).toBeUndefined();
});
