// A document against a schema: every complaint becomes a problem with its place, in our words. The schema decides; this only says it.
import type { z } from 'zod';
import { nearestSpan, problemAt, type Document, type Lookalike, type Path } from './document.js';
import { branchIssues, issueWordsOf } from './issue-words.js';
import { listed } from './listed.js';
import { nearestWord } from './nearest.js';
import type { Outcome, Problem } from './problem.js';
import { schemaKeysAt } from './schema-keys.js';

export interface ValidateOptions {
  /** Keys whose value may be a plain date (`until: 2026-12-31`); elsewhere a plain date must be quoted. Default: none. */
  readonly plainDates?: readonly string[];
  /** Keys whose value may be a plain `on`, `off`, `yes`, `no`. Default: none. */
  readonly plainWords?: readonly string[];
  /** Code and help for a key whose absence has a problem of its own. Default: `missing-key`. */
  readonly missingKeys?: Readonly<Record<string, { readonly code: string; readonly help: string }>>;
}

/** The schema's output, or all problems. A refinement may bring `params: { code, help }`; else its code is `wrong-value`. */
export function validate<T>(document: Document, schema: z.ZodType<T>, options: ValidateOptions = {}): Outcome<T> {
  const parsed = schema.safeParse(document.value, { error: () => '' });
  const problems: Problem[] = [];
  const judged = new Set<string>();
  for (const { issue, path } of (parsed.error?.issues ?? []).flatMap((each) => branchIssues(each))) {
    if (issue.code === 'unrecognized_keys') {
      problems.push(...unknownKeys(document, schema, path, issue.keys));
      issue.keys.forEach((key) => judged.add(JSON.stringify([...path, key])));
    } else {
      judged.add(JSON.stringify(path));
      const words = issueWordsOf(issue, path, document.at(path));
      const missing = words.code === 'missing-key' ? options.missingKeys?.[String(path.at(-1))] : undefined;
      problems.push(problemAt(document, path, { ...words, ...missing }));
    }
  }
  for (const lookalike of document.lookalikes) {
    if (isPermitted(lookalike, options) || isJudged(lookalike, judged)) continue;
    problems.push({
      ...lookalikeWordsOf(lookalike, typeof document.at(lookalike.path)?.value),
      severity: 'error',
      span: lookalike.span,
    });
  }
  if (problems.length > 0 || !parsed.success) return { ok: false, problems: listed(problems) };
  return { ok: true, value: parsed.data, problems };
}

function unknownKeys(document: Document, schema: z.ZodType, path: Path, keys: readonly string[]): readonly Problem[] {
  const known = schemaKeysAt(schema, path);
  return keys.map((key) => {
    const near = nearestWord(key, known);
    const help =
      near !== undefined
        ? `did you mean \`${near}\`?`
        : known.length > 0
          ? `known here: ${known.map((name) => `\`${name}\``).join(', ')}`
          : undefined;
    const span = document.at([...path, key])?.keySpan ?? nearestSpan(document, path);
    return {
      code: 'unknown-key',
      severity: 'error',
      message: `unknown key \`${key}\``,
      ...(help === undefined ? {} : { help }),
      ...(span === undefined ? {} : { span }),
    };
  });
}

/** Whether the value, or what it stands in, has a problem already. */
function isJudged({ path }: Lookalike, judged: ReadonlySet<string>): boolean {
  return path.some((_, index) => judged.has(JSON.stringify(path.slice(0, index + 1))));
}

function isPermitted(lookalike: Lookalike, options: ValidateOptions): boolean {
  const permitted =
    lookalike.kind === 'date' ? options.plainDates : lookalike.kind === 'word' ? options.plainWords : undefined;
  const key = lookalike.path.at(-1);
  return !lookalike.isKey && typeof key === 'string' && (permitted?.includes(key) ?? false);
}

function lookalikeWordsOf(lookalike: Lookalike, type: string): { code: string; message: string; help: string } {
  const { text, kind } = lookalike;
  if (kind === 'number' && type === 'number' && !lookalike.isKey) {
    return {
      code: 'odd-number',
      message: `\`${text}\` is read as ${Number(text)}: a number is written in plain decimal digits`,
      help: `write ${Number(text)}`,
    };
  }
  const noun = { word: 'true or false', date: 'a date', number: 'a number' }[kind];
  return {
    code: 'not-quoted',
    message: `\`${text}\` is ${noun} to some readers of YAML: text like this must be quoted`,
    help: `quote it: "${text}"`,
  };
}
