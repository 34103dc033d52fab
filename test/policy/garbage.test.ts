// Garbage is refused, never thrown: any text, and the shipped policy with anything cut out, doubled or put in.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { renderProblems } from '../../src/document/render.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { NOW } from './fixture.js';

const SHIPPED = readFileSync(resolve(__dirname, '../../config/policy.yaml'), 'utf8');
const MARKS = [
  '\t',
  '*',
  '&a ',
  '!x ',
  '<<: ',
  '- ',
  '? ',
  ': ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|',
  '>',
  '~',
  '\n',
  '\u0000',
  '\ud800',
  '---\n',
  '80',
  'no',
  '%',
  '#',
];

/** Compiles, renders and, when accepted, asks: nothing throws, every refusal has a reason with its place. */
const isHandled = (text: string): void => {
  const source = { file: 'p.yaml', text };
  const outcome = compilePolicy(source, { now: NOW });
  const errors = outcome.problems.filter((problem) => problem.severity === 'error');
  expect(errors.length > 0).toBe(!outcome.ok);
  for (const { span, code, message } of outcome.problems) {
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(message).not.toMatch(/\n|\.$|undefined|\[object/);
    expect(span === undefined ? 1 : span.line).toBeGreaterThan(0);
  }
  renderProblems(outcome.problems, [source]);
  if (!outcome.ok) return;
  const ruleset = rulesetOf(outcome.value.policy, outcome.value.digest);
  const question = { listener: 'internet', host: 'stranger.test', port: 80, times: [NOW], skewMs: 0 };
  expect(ruleset.release(question)).toBeUndefined();
};

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), isHandled), { numRuns: 500 });
});

test('any marks of YAML', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...MARKS), fc.string({ maxLength: 4 })), { maxLength: 40 });
  fc.assert(
    fc.property(text, (parts) => isHandled(parts.join(''))),
    { numRuns: 1000 },
  );
});

test('the shipped policy with a piece cut out, doubled or replaced', () => {
  fc.assert(
    fc.property(fc.nat(SHIPPED.length), fc.nat(60), fc.constantFrom('', 'double', ...MARKS), (at, length, what) => {
      const piece = SHIPPED.slice(at, at + length);
      isHandled(SHIPPED.slice(0, at) + (what === 'double' ? piece + piece : what) + SHIPPED.slice(at + length));
    }),
    { numRuns: 500 },
  );
});

test('any JSON value, in every place of a policy', () => {
  const places = [
    'version',
    'timezone',
    'identity',
    'detection',
    'partners',
    'deny',
    'suppressions',
    'releasesNothing',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 4 }), (place, value) =>
      isHandled(JSON.stringify({ version: 1, releasesNothing: true, [place]: value })),
    ),
    { numRuns: 1000 },
  );
});
