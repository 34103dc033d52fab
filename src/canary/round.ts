// One round of the canary: asks everything, and says of each probe whether it is fine, leaks, or cannot tell. INVARIANT: where the
// positive part does not see, nothing else is fine: a canary that is blind must not look healthy (test/canary/round.test.ts).
import { PROBES, type Probe } from '../telemetry/outside-metrics.js';
import type { Finding, Judge } from './judging.js';
import type { Reply } from './question.js';
import type { Asked } from './questions.js';

export interface ProbeReport {
  readonly probe: Probe;
  readonly outcome: 'fine' | 'leak' | 'broken';
  readonly asked: number;
  /** What leaked where; one line each. */
  readonly leaks: readonly Leak[];
  /** Why it could not see; one line each, each once. */
  readonly why: readonly string[];
}

export interface Leak {
  /** The host that was asked for. */
  readonly host: string;
  readonly what: string;
  readonly names: readonly string[];
}

export type Ask = (asked: Asked) => Promise<Reply>;

/** Requests at a time: a canary is no load. */
const AT_ONCE = 8;
const WHY_MOST = 5;

/** The reports of the probes that asked anything, in the order of PROBES. Never rejects. */
export async function runRound(questions: readonly Asked[], ask: Ask, judge: Judge): Promise<readonly ProbeReport[]> {
  const findings = new Map<Asked, Finding>();
  const rest = [...questions];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const reply = await ask(next);
      findings.set(next, judge.judge(next, reply));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const reports = (found: ReadonlyMap<Asked, Finding>): readonly ProbeReport[] =>
    PROBES.flatMap((probe) => {
      const own = questions.filter((each) => each.probe === probe);
      return own.length === 0 ? [] : [reportOf(probe, own, found)];
    });
  const sees = [...findings].some(([{ probe }, { kind }]) => probe === 'positive' && kind !== 'broken');
  if (sees) return reports(findings);
  const blind: Finding = { kind: 'broken', why: 'the positive part does not see: nothing can be told from silence' };
  return reports(
    new Map(
      [...findings].map(([asked, finding]) => [
        asked,
        finding.kind === 'fine' || asked.restsOnPositive ? blind : finding,
      ]),
    ),
  );
}

function reportOf(probe: Probe, own: readonly Asked[], findings: ReadonlyMap<Asked, Finding>): ProbeReport {
  const leaks: Leak[] = [];
  const why: string[] = [];
  for (const asked of own) {
    const finding = findings.get(asked);
    if (finding?.kind === 'leak') leaks.push({ host: asked.host, what: asked.what, names: finding.names });
    else if (finding === undefined || finding.kind === 'broken')
      why.push(`${asked.what}: ${finding?.why ?? 'not asked'}`);
  }
  const outcome = leaks.length > 0 ? 'leak' : why.length > 0 ? 'broken' : 'fine';
  return { probe, outcome, asked: own.length, leaks, why: [...new Set(why)].slice(0, WHY_MOST) };
}
