// A refused candidate as lines of a terminal: why, an example of who would receive what, what waits because of it, what to type.
import type { RefusedCandidate } from '../control/gateway-status.js';
import { nextStepFor } from './next-step.js';
import { shellWord } from './shell-words.js';

export interface Row {
  readonly label: string;
  readonly text: string;
}

/** Beyond this many lines of a kind only their number is said. */
const LINES_MOST = 20;

/** `instant` renders RFC 3339 as people read it. */
export function candidateRows(
  { digest, code, direction, refusedAt, messages, witnesses, heldUp }: RefusedCandidate,
  { config, instant }: { config: string; instant: (text: string) => string },
): readonly Row[] {
  const what = `${code}${direction === null ? '' : ` ${direction}`}`;
  const which = digest === null ? '' : `, ${digest}`;
  return [
    { label: 'refused', text: `${what}, since ${instant(refusedAt)}${which}` },
    ...few('why', messages),
    ...few(
      'example',
      witnesses.map(({ url, header, partner }) => `${url} ${header}${partner === null ? '' : ` (${partner})`}`),
    ),
    ...few(
      'held up',
      heldUp.map(({ message, lockdown }) => `${message}: at once with ${lockdown} ${remainder(lockdown, config)}`),
    ),
    { label: 'next', text: nextStepFor(code, config) },
  ];
}

function few(label: string, texts: readonly string[]): readonly Row[] {
  const rows = texts.slice(0, LINES_MOST).map((text) => ({ label, text }));
  const left = texts.length - rows.length;
  return left > 0 ? [...rows, { label, text: `and ${left} more: --format json has them all` }] : rows;
}

/** What a lockdown's line lacks to be typed here. */
function remainder(line: string, config: string): string {
  const words = [
    line.includes('--reason') ? [] : ['--reason TEXT'],
    line.includes('--config') ? [] : [`--config ${shellWord(config)}`],
  ];
  return words.flat().join(' ');
}
