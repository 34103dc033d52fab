// What a fault of an answer's bytes is called, as an error of the destination.
import type { AnswerReadFault } from '../http/answer-reader.js';
import type { UpstreamErrorCode } from './upstream-error.js';

export const ANSWER_FAULTS: Readonly<Record<AnswerReadFault, UpstreamErrorCode>> = {
  'answer-syntax': 'response-invalid',
  'answer-framing': 'response-invalid',
  'answer-size': 'response-invalid',
  'too-many-interim': 'too-many-interim',
  'unasked-101': 'unasked-101',
  cut: 'response-cut',
};
