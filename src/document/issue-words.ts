// What a schema's complaint is called here: code, fact and rule, help. Never the words of zod or of TypeScript.
import type { z } from 'zod';
import type { Path, Place } from './document.js';

export interface IssueWords {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
}

type Issue = z.core.$ZodIssue;

/** A complaint about a value that is there (`place`) or missing. A message that the schema brings is the rule, in our words. */
export function issueWordsOf(issue: Issue, path: Path, place: Place | undefined): IssueWords {
  const name = pathName(path);
  if (issue.code === 'custom') {
    const params = issue.params as { code?: string; help?: string } | undefined;
    return {
      code: params?.code ?? 'wrong-value',
      message: issue.message,
      ...(params?.help === undefined ? {} : { help: params.help }),
    };
  }
  if (place === undefined) return { code: 'missing-key', message: `missing key ${name}` };
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(name, place, nounOf(issue.expected));
    case 'invalid_union':
      return wrongUnion(issue, name, place);
    case 'invalid_value': {
      if (typeof place.value !== typeof issue.values[0]) return wrongType(name, place, nounOf(typeof issue.values[0]));
      return {
        code: 'wrong-value',
        message: `${name} is ${shown(place)}: it takes ${alternatives(issue.values.map((value) => `\`${String(value)}\``))}`,
      };
    }
    case 'invalid_format':
      return {
        code: 'wrong-value',
        message: `${name} is ${shown(place)}: ${issue.message === '' ? 'it is written in another way' : issue.message}`,
      };
    case 'too_small':
    case 'too_big':
      return wrongSize(issue, name, place);
    case 'not_multiple_of':
      return {
        code: 'out-of-range',
        message: `${name} is ${shown(place)}: it takes multiples of ${String(issue.divisor)}`,
      };
    case 'invalid_key':
      return {
        code: 'wrong-value',
        message: `key ${name}: ${issue.issues[0]?.message || 'it is written in another way'}`,
      };
    case 'unrecognized_keys':
    case 'invalid_element':
      return { code: 'wrong-value', message: `${name} is not a value that belongs here` };
    default:
      return issue satisfies never;
  }
}

function wrongType(name: string, place: Place, wanted: string): IssueWords {
  const actual = nounOf(Array.isArray(place.value) ? 'array' : typeof place.value);
  if (wanted.startsWith('text') && place.style === 'plain') {
    return {
      code: 'not-quoted',
      message: `${name} is ${actual} in YAML: it takes ${wanted}`,
      help: `quote it: "${place.text}"`,
    };
  }
  if (wanted === 'a whole number' && actual === 'a number')
    return { code: 'wrong-type', message: `${name} is ${shown(place)}: it takes a whole number` };
  const quotedNumber = place.style === 'quoted' && wanted.endsWith('number') && /^["']\d+["']$/.test(place.text);
  return {
    code: 'wrong-type',
    message: `${name} is ${actual}: it takes ${wanted}`,
    ...(quotedNumber
      ? { help: 'take the quotes off' }
      : wanted === 'true or false'
        ? { help: 'write `true` or `false`' }
        : {}),
  };
}

/** Of a value that fits no branch: every type that would. Complaints deeper inside a branch were taken out by `branchIssues`. */
function wrongUnion(issue: Extract<Issue, { code: 'invalid_union' }>, name: string, place: Place): IssueWords {
  const nouns = issue.errors.flatMap(([error]) => (error?.code === 'invalid_type' ? [nounOf(error.expected)] : []));
  return wrongType(name, place, nouns.length === 0 ? 'another value' : alternatives([...new Set(nouns)]));
}

/** The complaints themselves: of a choice of types, those of the branch whose type the value has. */
export function branchIssues(issue: Issue, path: Path = []): readonly { readonly issue: Issue; readonly path: Path }[] {
  const here = [...path, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const branch =
    issue.code === 'invalid_union'
      ? issue.errors.find(([error]) => error !== undefined && (error.code !== 'invalid_type' || error.path.length > 0))
      : undefined;
  return branch === undefined ? [{ issue, path: here }] : branch.flatMap((inner) => branchIssues(inner, here));
}

function wrongSize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, name: string, place: Place): IssueWords {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const strict =
    issue.inclusive === false
      ? issue.code === 'too_small'
        ? 'more than'
        : 'less than'
      : issue.code === 'too_small'
        ? 'at least'
        : 'at most';
  const { value } = place;
  if (Array.isArray(value)) {
    if (value.length === 0)
      return {
        code: 'empty-list',
        message: `${name} is an empty list: it could be read as "all" or as "none"`,
        help: 'name its members, or leave the key out',
      };
    return { code: 'wrong-count', message: `${name} has ${value.length} members: ${strict} ${String(limit)}` };
  }
  if (typeof value === 'string') {
    if (value === '') return { code: 'wrong-value', message: `${name} is empty: it takes text` };
    return { code: 'wrong-count', message: `${name} has ${value.length} characters: ${strict} ${String(limit)}` };
  }
  return { code: 'out-of-range', message: `${name} is ${shown(place)}: ${strict} ${String(limit)}` };
}

function nounOf(type: string): string {
  const nouns: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map of keys',
    record: 'a map of keys',
  };
  return nouns[type] ?? 'another kind of value';
}

function shown(place: Place): string {
  const text = typeof place.value === 'string' ? place.value : place.text;
  const line = text.split('\n', 1)[0] ?? '';
  return `\`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``;
}

/** `partners[0].hosts[1]` in backticks; the root is "the file". */
export function pathName(path: Path): string {
  if (path.length === 0) return 'the file';
  return `\`${path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')}\``;
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
