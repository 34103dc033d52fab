// A round as text, one line a probe and one for each leak and each reason. Holds hosts, names and reasons, never a value.
import type { Round } from './canary.js';

/** A leak is proven whatever else could not be seen; without one, what could not be seen counts. */
export function roundCode(round: Round): 'fine' | 'leak' | 'broken' {
  if (!round.isAsked) return 'broken';
  const outcomes = round.reports.map(({ outcome }) => outcome);
  return outcomes.includes('leak') ? 'leak' : outcomes.includes('broken') ? 'broken' : 'fine';
}

export function renderRound(round: Round): string {
  if (!round.isAsked) return round.problems.map((problem) => `BROKEN    ${problem}\n`).join('');
  const lines = round.reports.flatMap(({ probe, outcome, asked, leaks, why }) => [
    `${(outcome === 'fine' ? 'fine' : outcome.toUpperCase()).padEnd(8)}  ${probe.padEnd(8)}  ${asked} ${asked === 1 ? 'request' : 'requests'}`,
    ...leaks.map(({ host, what, names }) => `          ${host} received ${names.join(', ')}: ${what}`),
    ...why.map((reason) => `          ${reason}`),
  ]);
  const sum = { fine: 'Nothing leaked.', leak: 'A LEAK WAS SEEN.', broken: 'It could not see: nothing is proven.' }[
    roundCode(round)
  ];
  return `${[...lines, sum].join('\n')}\n`;
}
