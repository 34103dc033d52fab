// What is wrong with a document, as data: rendered only at the edge. A problem never carries an identity value.

/** A place in a source text: byte-free, 1-based lines and columns (UTF-16 columns, as editors count). */
export interface Span {
  /** The file as the user named it, for example `config/policy.yaml`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** One past the last character. */
  readonly endColumn: number;
}

export type Severity = 'error' | 'warning' | 'info';

/** `message` is one lower-case line without full stop: the fact, a colon, the rule. Advice goes to `help`. */
export interface Problem {
  /** Stable, kebab-case, documented in docs/problems.md; a test holds the two together. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span?: Span;
  /** Other places that it comes from; of a comparison those of the other file. Printed where a format has room for them (SARIF). */
  readonly related?: readonly Span[];
  readonly help?: string;
}

/** Either a value or the reasons why there is none; warnings may stand beside a value. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };
