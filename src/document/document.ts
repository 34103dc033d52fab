// A document as read: its plain value, and for every path of it the place in the text. Knows no schema.
import type { Problem, Span } from './problem.js';
import type { Source } from './source.js';

/** Keys and list positions from the root, for example `['partners', 0, 'hosts', 1]`. */
export type Path = readonly (string | number)[];

export interface Place {
  /** Plain data: objects, arrays, strings, numbers, booleans. */
  readonly value: unknown;
  readonly span: Span;
  /** The key that leads here; undefined for members of a list and for the root. */
  readonly keySpan: Span | undefined;
  /** How it is written: `plain` and `quoted` and `block` are scalars. */
  readonly style: 'plain' | 'quoted' | 'block' | 'list' | 'map';
  /** The text as written, quotes included. */
  readonly text: string;
}

/** A plain scalar that other readers of YAML take for something else; what it should have been depends on the schema. */
export interface Lookalike {
  readonly path: Path;
  /** `word`: a boolean of YAML 1.1; `date`; `number`: one that is not written as a plain decimal, or a number of YAML 1.1. */
  readonly kind: 'word' | 'date' | 'number';
  readonly text: string;
  readonly isKey: boolean;
  readonly span: Span;
}

export interface Document {
  readonly source: Source;
  readonly value: unknown;
  readonly lookalikes: readonly Lookalike[];
  at(path: Path): Place | undefined;
}

/** What a document may cost; over a limit it is refused whole, never cut. */
export interface DocumentLimits {
  readonly characters: number;
  /** Of collections in collections. */
  readonly depth: number;
  /** Scalars, marks, line ends and comments. */
  readonly tokens: number;
}

/** Room for a policy of more than 150,000 hosts, read in a few seconds at worst. */
export const DOCUMENT_LIMITS: DocumentLimits = { characters: 8 * 1024 * 1024, depth: 32, tokens: 2_000_000 };

/** The place of a path, or of the nearest path above it that the document has (a missing key: the map that lacks it). */
export function nearestSpan(document: Document, path: Path): Span | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = document.at(path.slice(0, length));
    if (place !== undefined) return place.span;
  }
  return undefined;
}

/** A problem at a path's value; with `on: 'key'` at its key. Severity defaults to `error`. */
export function problemAt(
  document: Document,
  path: Path,
  problem: { code: string; message: string; help?: string; severity?: Problem['severity']; on?: 'key' | 'value' },
): Problem {
  const { on, severity, ...rest } = problem;
  const span = (on === 'key' ? document.at(path)?.keySpan : undefined) ?? nearestSpan(document, path);
  return { ...rest, severity: severity ?? 'error', ...(span === undefined ? {} : { span }) };
}
