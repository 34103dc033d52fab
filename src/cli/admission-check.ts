// What a gateway would decide of a candidate, asked before it is there: the gateway's own function over files. Decides nothing anew.
import { admissionOf, type Admission } from '../change/admission.js';
import { refusalWordsOf } from '../change/refusal-words.js';
import { readApprovalsFolder } from '../control/approvals-folder.js';
import { readCandidate, type Candidate } from '../control/candidate.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import type { Compiled } from '../policy/compile.js';
import { lintPolicy } from '../policy/lint.js';
import { readBase, type Base } from './base.js';
import { readSideSettings } from './compared-settings.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { instantText } from './shown-approval.js';

export interface AdmissionOrder {
  readonly config: string;
  /** Where the approvals are; undefined: where the settings say. */
  readonly folder?: string | undefined;
  /** Undefined: nothing runs, and a baseline must bear the candidate. */
  readonly base?: string | undefined;
  /** Settings of the base; undefined: those of the candidate. */
  readonly baseConfig?: string | undefined;
}

export interface AdmissionCheck {
  /** 0, 2 without approval, 4 over the ceiling, 1 where its own tests fail. */
  readonly code: ExitCode;
  /** Why it is refused, and which narrowings wait with it. */
  readonly problems: readonly Problem[];
  /** Of an admission: one line. */
  readonly said: string;
  readonly json: Readonly<Record<string, unknown>>;
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
  readonly policy?: Compiled;
  readonly admission?: AdmissionCheck;
}

/** Everything that `check --config` says, and the admission where both sides can be read. */
export async function checkAdmission(order: AdmissionOrder): Promise<Checked> {
  const now = Date.now();
  const machine = { processors: 1, descriptors: null };
  const read = readCandidate(order.config, { now, machine, folder: process.cwd(), isElsewhere: true });
  const { outcome } = read;
  if (!outcome.ok) return { problems: outcome.problems, sources: read.sources };
  const candidate = outcome.value;
  const listeners = candidate.settings.listeners.filter(({ mirror }) => mirror === undefined).map(({ name }) => name);
  const problems = [...outcome.problems, ...lintPolicy(candidate.policy, { now, listeners })];
  const checked = { problems, sources: read.sources, policy: candidate.policy };
  const files = order.folder === undefined ? undefined : readApprovalsFolder(order.folder);
  if (files?.ok === false) return { ...checked, problems: [...problems, ...files.problems] };
  const base = order.base === undefined ? undefined : await baseOf(order, { candidate, now, sources: read.sources });
  if (base?.outcome.ok === false) {
    const sources = [...read.sources, ...base.sources];
    return { ...checked, sources, problems: [...problems, ...base.outcome.problems] };
  }
  const running = base?.outcome.ok === true ? base.outcome.value : null;
  const admission = admissionOf({
    running,
    candidate,
    ceiling: candidate.ceiling,
    testProblems: candidate.testProblems,
    files: files?.value ?? candidate.files,
    narrowings: [],
    highestGeneration: running?.highestGeneration ?? 0,
    now,
    skewMs: candidate.settings.skewMs,
  });
  return {
    ...checked,
    problems: [...problems, ...(files?.problems ?? [])],
    admission: checkOf(admission, candidate),
  };
}

async function baseOf(
  { base, baseConfig }: AdmissionOrder,
  {
    candidate,
    now,
    sources,
  }: { readonly candidate: Candidate; readonly now: number; readonly sources: readonly Source[] },
): Promise<{ outcome: Outcome<Base>; sources: readonly Source[] }> {
  const settings = baseConfig === undefined ? undefined : readSideSettings(baseConfig);
  if (settings?.outcome.ok === false) return { outcome: settings.outcome, sources: settings.sources };
  const order = { name: base ?? '', candidate, settingsSource: sources[0], now };
  return readBase({ ...order, settings: settings?.outcome.ok === true ? settings.outcome.value : undefined });
}

function checkOf(admission: Admission, { policy, testProblems }: Candidate): AdmissionCheck {
  if (admission.kind === 'admitted') {
    const { direction, generation, by, breakGlass } = admission;
    const until = breakGlass === null ? '' : `, by break-glass, until ${instantText(breakGlass.until)}`;
    return {
      code: EXIT_CODES.done,
      problems: [],
      said: `a gateway would admit it: ${direction}, generation ${generation}${until}\n`,
      json: { outcome: 'admitted', direction, generation, by, breakGlassUntil: breakGlass?.until ?? null },
    };
  }
  const { messages, witnesses, heldUp } = refusalWordsOf(admission, policy.policy.timezone);
  const { code, direction } = admission;
  const reasons = code === 'tests' ? testProblems : messages.map((message) => error(code, message));
  return {
    code: code === 'tests' ? EXIT_CODES.failed : code === 'ceiling' ? EXIT_CODES.neverSet : EXIT_CODES.widening,
    problems: [...(reasons.length > 0 ? reasons : [error(code, BARE[code])]), ...heldUp.map(waiting)],
    said: '',
    json: { outcome: 'refused', code, direction, witnesses, heldUp },
  };
}

/** Where nothing more can be said. */
const BARE: Readonly<Record<Extract<Admission, { kind: 'refused' }>['code'], string>> = {
  'not-approved': 'it adds what nobody has approved',
  'no-baseline': 'no baseline that counts lies beside the policy: a gateway that knows nothing needs one',
  generation: 'every baseline is of an older generation than the highest ever seen',
  ceiling: 'it exceeds the ceiling, which no approval does',
  tests: 'it fails its own decision tests',
};

function error(code: string, message: string): Problem {
  return { code, severity: 'error', message };
}

function waiting({ message, lockdown }: { readonly message: string; readonly lockdown: string }): Problem {
  const help = `to have it at once: ${lockdown}`;
  return { code: 'held-up', severity: 'info', message: `${message}: it waits with what is refused`, help };
}
