// A team's own tests of its policy, as YAML: what a request must carry and must not. Reads and checks the shape; judging is judge.ts.
import { z } from 'zod';
import { parseDocument } from '../document/parse-yaml.js';
import { problemAt, type Document, type Path } from '../document/document.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { validate } from '../document/validate.js';
import { REFUSALS } from '../http/refusal.js';
import { calendarOf } from '../policy/calendar.js';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, { error: 'it takes one header name' });
const text = z.string().min(1).max(400);
const moment = z.string().regex(/^\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))?$/, {
  error: 'it takes a day like `2026-12-31` or an instant like `2026-12-31T18:00:00Z`',
});

const expectation = z
  .strictObject({
    partner: text.describe('The partner that the destination is.').optional(),
    stranger: z.literal(true).describe('The destination is no partner’s.').optional(),
    refused: z
      .enum(Object.keys(REFUSALS) as [keyof typeof REFUSALS])
      .describe('The request is refused, with this code.')
      .optional(),
    tunnelled: z.literal(true).describe('A CONNECT is let through, without a look at any header.').optional(),
    route: z
      .string()
      .regex(/^(?:http|tls)(?: [1-9]\d{0,4})?$/, {
        error: 'it takes `http`, `tls`, or one of them with a port: `tls 443`',
      })
      .describe('How the destination is connected to.')
      .optional(),
    headers: z
      .record(headerName, z.enum(['unchanged', 'pseudonym', 'forwarded']))
      .describe('The headers that leave, and how. Every released header must be among them.')
      .optional(),
    withheld: z.array(headerName).min(1).max(200).describe('Headers that must not leave.').optional(),
  })
  .refine(
    ({ partner, stranger, refused, tunnelled }) =>
      [partner, stranger, refused, tunnelled].filter((each) => each !== undefined).length === 1,
    { error: 'an expectation says one of `partner`, `stranger`, `refused` and `tunnelled`' },
  );

const TESTS_SCHEMA = z.strictObject({
  at: moment.describe('The time of every test that names none: tests do not read the clock.'),
  tests: z
    .array(
      z.strictObject({
        name: text.describe('A sentence: what is true.').optional(),
        url: text.describe('As a subscriber asks: `http://host/`; with `https` a CONNECT.'),
        listener: text.describe('Default: none is named.').optional(),
        at: moment.optional(),
        trusted: z.boolean().describe('Whether the peer is believed. Default: true.').optional(),
        fields: z
          .union([
            z.array(headerName).min(1).max(200),
            z.record(headerName, z.union([z.string(), z.array(z.string()).min(1)])),
          ])
          .describe('What arrives: names (test values are made up), or names with their values.')
          .optional(),
        expect: expectation,
      }),
    )
    .min(1)
    .max(100_000),
});

type TestsFile = z.output<typeof TESTS_SCHEMA>;

export type Expectation = TestsFile['tests'][number]['expect'];

export interface DecisionTest {
  readonly name: string;
  readonly url: string;
  readonly listener: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly trusted: boolean;
  /** A name without a value gets a sample. */
  readonly fields: readonly { readonly name: string; readonly value: string | null }[];
  readonly expect: Expectation;
  /** `['tests', 3]` */
  readonly path: Path;
}

export interface DecisionTests {
  readonly tests: readonly DecisionTest[];
  readonly document: Document;
}

/** The tests of a YAML text, or everything that is wrong with it. A day is its first instant in `timezone`, the policy's. */
export function readDecisionTests(source: Source, timezone: string): Outcome<DecisionTests> {
  const document = parseDocument(source);
  if (!document.ok) return document;
  const file = validate(document.value, TESTS_SCHEMA, {
    plainDates: ['at'],
    missingKeys: {
      at: {
        code: 'missing-key',
        help: 'name a day, for example `at: 2026-06-01`: what passes today must pass tomorrow',
      },
    },
  });
  if (!file.ok) return file;
  const problems: Problem[] = [];
  const calendar = calendarOf(timezone);
  const momentAt = (path: Path, written: string): number => {
    const moment = calendar?.momentOf(written, 'from');
    if (moment === undefined)
      problems.push(
        problemAt(document.value, path, {
          code: 'time-impossible',
          message: `\`${written}\` is in no calendar: it takes a day or an instant that exists`,
        }),
      );
    return moment ?? 0;
  };
  const usual = momentAt(['at'], file.value.at);
  const tests = file.value.tests.map((test, index): DecisionTest => {
    const path = ['tests', index];
    return {
      name: test.name ?? test.url,
      url: test.url,
      listener: test.listener ?? '',
      at: test.at === undefined ? usual : momentAt([...path, 'at'], test.at),
      trusted: test.trusted ?? true,
      fields: fieldsOf(test.fields),
      expect: test.expect,
      path,
    };
  });
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { tests, document: document.value }, problems };
}

function fieldsOf(written: TestsFile['tests'][number]['fields']): DecisionTest['fields'] {
  if (written === undefined) return [];
  if (Array.isArray(written)) return written.map((name) => ({ name, value: null }));
  return Object.entries(written).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })));
}
