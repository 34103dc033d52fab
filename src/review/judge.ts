// Runs decision tests against a policy: each asks the plan and compares. A failure is a problem at the line that expects, with
// the line of the policy that decided in its help.
import type { Plan } from '../decision/plan-types.js';
import { problemAt, type Path } from '../document/document.js';
import type { Problem, Span } from '../document/problem.js';
import type { Field } from '../http/message.js';
import { keyOf } from '../names/key.js';
import type { Compiled } from '../policy/compile.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Ruleset } from '../policy/ruleset.js';
import { planFor, type Ask } from './ask.js';
import type { DecisionTest, DecisionTests, Expectation } from './decision-tests.js';
import { explain, type Explanation } from './explain.js';
import { fatesOf, type Fate } from './fates.js';
import { sampleFields } from './samples.js';

export interface Judged {
  readonly passed: number;
  readonly failed: number;
  /** One or more for each test that failed, with code `test-failed`. */
  readonly problems: readonly Problem[];
}

export function judgeTests(compiled: Compiled, { tests, document }: DecisionTests): Judged {
  const ruleset = rulesetOf(compiled.policy, compiled.digest);
  const problems = tests.map((test) =>
    differencesOf(compiled, ruleset, test).map(({ at, got, expected, span }) =>
      problemAt(document, [...test.path, ...at], {
        code: 'test-failed',
        message: `${test.name}: expected ${expected}, got ${got}`,
        ...(span === undefined ? {} : { help: `decided at ${span.file}:${span.line}:${span.column}` }),
      }),
    ),
  );
  const failed = problems.filter((each) => each.length > 0).length;
  return { passed: tests.length - failed, failed, problems: problems.flat() };
}

/** The question of a test, with sample values where it names none. */
export function askOf(ruleset: Ruleset, test: Omit<DecisionTest, 'expect' | 'path' | 'name'>): Ask {
  const samples = sampleFields(
    ruleset,
    test.fields.map(({ name }) => name),
  );
  const fields = test.fields.map(({ name, value }, index): Field => ({
    name,
    value: value ?? samples[index]?.value ?? '',
  }));
  return { url: test.url, listener: test.listener, at: test.at, trusted: test.trusted, fields };
}

interface Difference {
  /** Below the test. */
  readonly at: Path;
  readonly expected: string;
  readonly got: string;
  readonly span?: Span | undefined;
}

function differencesOf(compiled: Compiled, ruleset: Ruleset, test: DecisionTest): readonly Difference[] {
  const ask = askOf(ruleset, test);
  const plan = planFor(ruleset, ask);
  const explained = (): Explanation => explain(compiled, ruleset, ask);
  const outcome = outcomeDifference(test, plan, explained);
  if (outcome !== undefined) return [outcome];
  if (plan.kind !== 'forward') return [];
  const { route } = test.expect;
  const taken = `${plan.route.transport} ${plan.route.port}`;
  const isRouted = route === undefined || route === taken || route === plan.route.transport;
  return [
    ...(isRouted ? [] : [{ at: ['expect', 'route'], expected: `route \`${route}\``, got: `\`${taken}\`` }]),
    ...headerDifferences(test.expect, fatesByKey(ruleset, ask, plan), (name) => keyFor(ruleset, name)).map(
      ({ key, ...difference }): Difference => ({
        ...difference,
        span: explained().headers.find(({ header }) => keyFor(ruleset, header) === key)?.span,
      }),
    ),
  ];
}

function keyFor(ruleset: Ruleset, name: string): string {
  return ruleset.identify(name)?.key ?? keyOf(name);
}

/** Of each header that was asked about: what leaves of it, in any spelling. */
function fatesByKey(ruleset: Ruleset, { fields }: Ask, plan: Plan): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  for (const { field, fate } of fatesOf(ruleset, fields, plan)) {
    const key = keyFor(ruleset, field.name);
    if (fate !== 'withheld' || !fates.has(key)) fates.set(key, fate);
  }
  return fates;
}

function headerDifferences(
  { headers, withheld }: Expectation,
  fates: ReadonlyMap<string, Fate>,
  keyOfName: (name: string) => string,
): readonly (Omit<Difference, 'span'> & { readonly key: string })[] {
  const expected = [
    ...Object.entries(headers ?? {}).map(([name, form]) => ({ at: ['expect', 'headers', name], name, form })),
    ...(withheld ?? []).map((name, index) => ({ at: ['expect', 'withheld', index], name, form: 'withheld' })),
  ];
  const named = new Set(expected.map(({ name }) => keyOfName(name)));
  return [
    ...expected.flatMap(({ at, name, form }) => {
      const key = keyOfName(name);
      // What is not asked about is not withheld either: such a line could not fail.
      const got = fates.get(key) ?? 'nothing: it is not among `fields`';
      return got === form ? [] : [{ at, key, expected: `\`${name}\` ${form}`, got }];
    }),
    ...[...fates].flatMap(([key, fate]) => {
      const isUnexpected = headers !== undefined && (fate === 'unchanged' || fate === 'pseudonym') && !named.has(key);
      return isUnexpected
        ? [{ at: ['expect', 'headers'], key, expected: 'no other release', got: `\`${key}\` ${fate}` }]
        : [];
    }),
  ];
}

/** Partner, stranger, refused or tunnelled: where this differs, nothing else is worth saying. */
function outcomeDifference({ expect }: DecisionTest, plan: Plan, explained: () => Explanation): Difference | undefined {
  const key = (['partner', 'stranger', 'refused', 'tunnelled'] as const).find((each) => expect[each] !== undefined);
  const wanted = key === 'partner' || key === 'refused' ? `${key} \`${expect[key] ?? ''}\`` : (key ?? '');
  const got = outcomeOf(plan);
  if (got === wanted) return undefined;
  const { partner, misses } = explained();
  const [miss] = misses;
  return {
    at: ['expect', key ?? 'partner'],
    expected: wanted,
    got: miss === undefined ? got : `${got} (${miss.message})`,
    span: partner?.span ?? miss?.span,
  };
}

function outcomeOf(plan: Plan): string {
  switch (plan.kind) {
    case 'refuse':
      return `refused \`${plan.code}\``;
    case 'tunnel':
      return 'tunnelled';
    case 'forward':
      return plan.partner === null ? 'stranger' : `partner \`${plan.partner}\``;
    default:
      return plan satisfies never;
  }
}
