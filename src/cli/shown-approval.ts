// An approval as its approver reads it before signing: every line in words, every host. Nothing in it moves the cursor.
import type { Approval } from '../change/approval.js';
import type { ReleaseGrant } from '../change/grant.js';
import { patternText, saysOf, saysOfSetting } from '../change/grant-words.js';
import { oneLine } from './shell-words.js';

/** Ends with a line feed. */
export function renderForReading(approval: Approval): string {
  const { kind, generation, audience, proposer, reason, ticket, createdMs, applyBeforeMs, untilMs } = approval;
  const head: readonly (readonly [string, string])[] = [
    ['kind', kind],
    ['for', audience ?? 'gateways without an audience'],
    ['generation', String(generation)],
    ['proposer', proposer],
    ['reason', reason],
    ...(ticket === null ? [] : [['ticket', ticket] as const]),
    ['created', instantText(createdMs)],
    ['may carry a change until', instantText(applyBeforeMs)],
    ...(untilMs === null ? [] : [['ends', instantText(untilMs)] as const]),
  ];
  return [
    ...head.map(([name, value]) => `${name}: ${oneLine(value)}`),
    '',
    ...linesOf(approval),
    ...replayOf(approval),
    '',
  ].join('\n');
}

/** Every line in words; under a release that names several hosts, each of them. */
function linesOf({ delta }: Approval): readonly string[] {
  return [
    ...delta.releases.flatMap((grant) => [`- ${oneLine(saysOf(grant))}`, ...hostsOf(grant)]),
    ...delta.settings.map((grant) => `- ${oneLine(saysOfSetting(grant))}`),
  ];
}

/** After what is signed, and set apart from it: it is the proposer's word, and covers nothing. */
function replayOf({ replay, proposer }: Approval): readonly string[] {
  if (replay === undefined) return [];
  return [
    '',
    `to inform, as ${oneLine(proposer)} replayed it:`,
    ...replay.map((line) => `  | ${oneLine(line)}`.trimEnd()),
  ];
}

function hostsOf({ where }: ReleaseGrant): readonly string[] {
  if (where.length === 1 && where[0]?.except.length === 0) return [];
  return where.map(({ pattern, except }) => {
    const holes = except.map(patternText).join(', ');
    return `    ${patternText(pattern)}${holes === '' ? '' : ` but ${holes}`}`;
  });
}

export function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
