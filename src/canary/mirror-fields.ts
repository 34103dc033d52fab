// Identity that the mirror puts into its own answers where it is asked to, so that a canary can see whether an answer is cleaned. Values that
// nobody has.

/** The path that asks for it. */
export const ANSWERS_PATH = '/.headgate/answers';

/** Of each class that is stripped from answers. */
export const ANSWER_FIELDS: readonly (readonly [name: string, value: string])[] = [
  ['X-MSISDN', '447700900998'],
  ['X-IMSI', '001010000000998'],
  ['X-ACR', 'canary-answer-abcdefgh'],
];
