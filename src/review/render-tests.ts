// Decision tests as the YAML that `headgate test` reads, a comment above each. Text is always quoted: no reader can take it for more.
import { renderInstant } from '../policy/instant.js';
import type { BoundaryTest } from './boundary-tests.js';

/** `at` is the usual time; `timezone` the policy's, for comments. `heading`: lines of the comment at the top. */
export function renderDecisionTests(
  tests: readonly BoundaryTest[],
  { at, timezone, heading }: { at: number; timezone: string; heading: readonly string[] },
): string {
  const head = [...heading.map((line) => `# ${line}`.trimEnd()), `at: ${instantOf(at)}`, 'tests:'];
  return `${[...head, ...tests.flatMap((test) => linesOf(test, at, timezone))].join('\n')}\n`;
}

function linesOf(
  { name, url, listener, at, trusted, fields, expect }: BoundaryTest,
  usual: number,
  timezone: string,
): readonly string[] {
  const expectation = [
    ...(expect.partner === undefined ? [] : [`partner: ${quoted(expect.partner)}`]),
    ...(expect.stranger === undefined ? [] : ['stranger: true']),
    ...(expect.refused === undefined ? [] : [`refused: ${quoted(expect.refused)}`]),
    ...(expect.tunnelled === undefined ? [] : ['tunnelled: true']),
    ...(expect.route === undefined ? [] : [`route: ${quoted(expect.route)}`]),
    ...(expect.headers === undefined
      ? []
      : [
          `headers: { ${Object.entries(expect.headers)
            .map(([header, form]) => `${quoted(header)}: ${form}`)
            .join(', ')} }`,
        ]),
    ...(expect.withheld === undefined ? [] : [`withheld: [${expect.withheld.map(quoted).join(', ')}]`]),
  ];
  return [
    '',
    `  # ${name}${at === usual ? '' : `: ${renderInstant(at, timezone)}`}`,
    `  - name: ${quoted(name)}`,
    `    url: ${quoted(url)}`,
    ...(listener === '' ? [] : [`    listener: ${quoted(listener)}`]),
    ...(at === usual ? [] : [`    at: ${instantOf(at)}`]),
    ...(trusted ? [] : ['    trusted: false']),
    ...(fields.length === 0 ? [] : [`    fields: [${fields.map((field) => quoted(field.name)).join(', ')}]`]),
    '    expect:',
    ...expectation.map((line) => `      ${line}`),
  ];
}

/** JSON's quotes are YAML's, for text without control characters; a policy has none. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
