// Where each item of a policy stands in its file: indices of the policy are indices of the file.
import { nearestSpan, type Document, type Path } from '../document/document.js';
import type { Span } from '../document/problem.js';

/** Undefined for an index that the policy does not have. Asked rarely: a place is worked out when it is asked for. */
export interface Places {
  partner(index: number): Span | undefined;
  /** The key of a partner (`transport`, `until`); the partner itself where it is left to its default. */
  partnerKey(index: number, key: string): Span | undefined;
  host(partner: number, host: number): Span | undefined;
  release(partner: number, release: number): Span | undefined;
  deny(index: number): Span | undefined;
  denyHost(deny: number, host: number): Span | undefined;
  ownHeader(index: number): Span | undefined;
  watch(index: number): Span | undefined;
  numbers(index: number): Span | undefined;
  suppression(index: number): Span | undefined;
  /** A setting of `detection`; the whole file where it is left to its default. */
  detection(key: string): Span | undefined;
}

export function placesOf(document: Document): Places {
  const at = (...path: Path): Span | undefined => document.at(path)?.span;
  return {
    partner: (index) => at('partners', index, 'id') ?? at('partners', index),
    partnerKey: (index, key) => at('partners', index, key) ?? at('partners', index, 'id'),
    host: (partner, host) => at('partners', partner, 'hosts', host),
    release: (partner, release) => at('partners', partner, 'release', release),
    deny: (index) => at('deny', index),
    denyHost: (deny, host) => at('deny', deny, 'hosts', host),
    ownHeader: (index) => at('identity', 'headers', index),
    watch: (index) => at('identity', 'watch', index),
    numbers: (index) => at('identity', 'numbers', index),
    suppression: (index) => at('suppressions', index),
    detection: (key) => nearestSpan(document, ['detection', key]),
  };
}
