// `headgate approvals`: every approval beside the policy: what it covers, who signed, whether it counts now, and if not, why. It reads
// files alone: what only the gateway that runs knows is `headgate status`.
import { Option } from 'commander';
import { judgeApprovals, type JudgedApproval } from '../change/approvals.js';
import { saysOf, saysOfSetting } from '../change/grant-words.js';
import { readApprovalsFolder } from '../control/approvals-folder.js';
import { renderProblems } from '../document/render.js';
import { readSideSettings } from './compared-settings.js';
import { EXIT_CODES } from './exit-codes.js';
import { oneLine } from './shell-words.js';
import { instantText } from './shown-approval.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly format: 'text' | 'json';
}

export const approvalsVerb: Verb = (program, terminal) => {
  program
    .command('approvals')
    .description('list the approvals: what each covers, who signed it, whether it counts now, and if not, why')
    .requiredOption('--config <file>', 'the settings file')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .action((options: Options) => run(options, terminal));
};

function run({ config, format }: Options, terminal: Terminal): void {
  const { outcome, sources } = readSideSettings(config);
  const files = outcome.ok ? readApprovalsFolder(outcome.value.settings.approvalsFolder) : undefined;
  terminal.err(renderProblems([...outcome.problems, ...(files?.problems ?? [])], sources));
  if (!outcome.ok || files?.ok !== true) {
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const { rule, settings } = outcome.value;
  const given = { now: Date.now(), skewMs: settings.skewMs, highestGeneration: 0 };
  const { judged, generation, problems } = judgeApprovals(files.value, rule, { ...given, isRunning: true });
  const atStart = judgeApprovals(files.value, rule, { ...given, isRunning: false }).judged;
  terminal.err(renderProblems(problems, []));
  const listed = judged.map((each, index) => listedOf(each, atStart[index]?.why === null));
  if (format === 'json') {
    terminal.out(`${JSON.stringify({ source: 'files', generation, approvals: listed }, null, 2)}\n`);
  } else {
    const count = `${listed.length} ${listed.length === 1 ? 'approval' : 'approvals'}`;
    const whose = rule.audience === null ? '' : `, for \`${oneLine(rule.audience)}\``;
    terminal.out(
      `${settings.approvalsFolder}: ${count}, generation ${generation}${whose}\n` +
        'judged from these files and settings alone: a gateway that runs may know a higher generation\n' +
        listed.map(textOf).join(''),
    );
  }
  terminal.end(EXIT_CODES.done);
}

/** Times are RFC 3339 in UTC. Of a text that cannot be read all but `file` and `why` is null or empty. */
interface Listed {
  readonly file: string;
  readonly id: string | null;
  readonly kind: string | null;
  readonly generation: number | null;
  readonly proposer: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** Until when it can carry a change on a gateway that runs. */
  readonly applyBefore: string | null;
  /** Of a break-glass: when what it permits ends. */
  readonly until: string | null;
  /** Who signed and counts, the proposer not among them. */
  readonly approvers: readonly string[];
  readonly isSignedByProposer: boolean;
  readonly tally: string;
  readonly counts: boolean;
  /** For a gateway with no state, which is never too late. */
  readonly countsAtStart: boolean;
  readonly why: readonly { readonly code: string; readonly message: string }[];
  readonly covers: readonly string[];
}

function listedOf(judged: JudgedApproval, countsAtStart: boolean): Listed {
  const { file, approval, signers, hasProposer, faults, tally, why } = judged;
  const delta = approval?.delta ?? { releases: [], settings: [] };
  const ofFiles = faults.map(({ file: name, code, message }) => ({ code, message: `\`${name}\`: ${message}` }));
  return {
    file,
    id: approval?.id ?? null,
    kind: approval?.kind ?? null,
    generation: approval?.generation ?? null,
    proposer: approval?.proposer ?? null,
    reason: approval?.reason ?? null,
    ticket: approval?.ticket ?? null,
    applyBefore: approval === null ? null : instantText(approval.applyBeforeMs),
    until: approval === null || approval.untilMs === null ? null : instantText(approval.untilMs),
    approvers: [...new Set(signers.map(({ person }) => person))],
    isSignedByProposer: hasProposer,
    tally,
    counts: why === null,
    countsAtStart,
    why: [...(why === null ? [] : [why]), ...ofFiles],
    covers: [...delta.releases.map(saysOf), ...delta.settings.map(saysOfSetting)],
  };
}

function textOf(listed: Listed): string {
  const { file, kind, generation, proposer, reason, applyBefore, until, counts, why } = listed;
  const title = kind === null ? 'it cannot be read' : `${kind}, generation ${generation ?? 0}`;
  const start = !counts && listed.countsAtStart ? '; a gateway with no state counts it' : '';
  const lines = [
    `${file}: ${title}: ${counts ? 'counts' : `does not count${start}`}`,
    ...(proposer === null ? [] : [`  proposed by ${proposer}: ${reason ?? ''}`]),
    ...(kind === null ? [] : [`  ${signedText(listed)}`]),
    ...(applyBefore === null ? [] : [`  may carry a change until ${applyBefore}`]),
    ...(until === null ? [] : [`  what it permits ends at ${until}`]),
    ...why.map(({ code, message }) => `  ${message} [${code}]`),
    ...listed.covers.map((line) => `  - ${line}`),
  ];
  return `\n${lines.map(oneLine).join('\n')}\n`;
}

/** Of a break-glass the proposer alone is asked. */
function signedText({ kind, approvers, isSignedByProposer, tally }: Listed): string {
  const people = [...(isSignedByProposer ? ['the proposer'] : []), ...approvers];
  const beside = kind === 'break-glass' ? '' : `; beside the proposer ${tally}`;
  return `signed by ${people.length === 0 ? 'nobody' : people.join(', ')}${beside}`;
}
