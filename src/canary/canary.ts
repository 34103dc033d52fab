// The canary: reads what is agreed and what runs, asks a round, judges it, and again on a schedule. It carries planted numbers alone,
// keeps no answer and prints no value.
import { randomBytes } from 'node:crypto';
import type { Outcome } from '../document/problem.js';
import { PROBES, type Probe } from '../telemetry/outside-metrics.js';
import type { CanarySettings } from './canary-settings.js';
import { edgesOf, type Edge } from './edges.js';
import { Judge } from './judging.js';
import { ask } from './question.js';
import { questionsOf } from './questions.js';
import { runRound, type ProbeReport } from './round.js';
import type { Rules } from './rules.js';

export interface CanaryParts {
  readonly settings: CanarySettings;
  /** The policy as agreed, read anew each round; null: the settings name none. */
  readonly agreed: (() => Outcome<Rules>) | null;
  /** What runs; null: the settings name no gateway to ask. */
  readonly live: (() => Promise<Outcome<Rules>>) | null;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** `problems`: what is agreed could not be read, and nothing was asked. */
export type Round =
  | { readonly isAsked: true; readonly reports: readonly ProbeReport[]; readonly boundaryHosts: number }
  | { readonly isAsked: false; readonly problems: readonly string[] };

export class Canary {
  readonly #parts: CanaryParts;
  /** Where the next round begins among the edges. */
  #nextEdge = 0;

  constructor(parts: CanaryParts) {
    this.#parts = parts;
  }

  /** The probes that the settings ask for. */
  get probes(): readonly Probe[] {
    const { boundary, spoof } = this.#parts.settings;
    return PROBES.filter((probe) => (probe === 'boundary' ? boundary : probe === 'spoof' ? spoof : true) !== undefined);
  }

  /** Never rejects. */
  async round(): Promise<Round> {
    const { settings, agreed, live, clock } = this.#parts;
    const written = agreed?.();
    const running = await live?.();
    const failed = [written, running].flatMap((each) => (each === undefined || each.ok ? [] : each.problems));
    const unread = failed.map(({ message }) => message);
    const drawn = [written, running].flatMap((each) => (each?.ok === true ? [each.value] : []));
    const [rules] = drawn;
    if (rules === undefined || written?.ok === false) return { isAsked: false, problems: unread };
    const nowMs = clock();
    const listener = settings.listener ?? null;
    const edges = settings.boundary === undefined ? [] : everyEdge(drawn, rules, { listener, nowMs });
    const questions = questionsOf(settings, {
      edges: this.#turn(edges, settings.boundary?.perRound ?? 0),
      withholdsExact: rules.policy.detection.exact === 'withhold',
      nonce,
    });
    const { carries, spoof, within } = settings;
    const judge = new Judge({ agreed: rules, listener, nowMs, carries, forged: spoof?.value });
    const reports = await runRound(questions, (question) => ask(question, within), judge);
    // Without what runs half of the edges are not walked; all else is as good as ever.
    const whole = reports.map((report) =>
      unread.length > 0 && report.probe === 'boundary' && report.outcome === 'fine'
        ? { ...report, outcome: 'broken' as const, why: unread }
        : report,
    );
    return { isAsked: true, reports: whole, boundaryHosts: edges.length };
  }

  /** The next `count` of them, and on from the first when they end. */
  #turn(edges: readonly Edge[], count: number): readonly Edge[] {
    if (edges.length <= count) return edges;
    const start = this.#nextEdge % edges.length;
    this.#nextEdge = start + count;
    return [...edges.slice(start, start + count), ...edges.slice(0, Math.max(0, start + count - edges.length))];
  }
}

/** Of the agreed policy and of the one that runs, each once. */
function everyEdge(
  drawn: readonly Rules[],
  agreed: Rules,
  at: { readonly listener: string | null; readonly nowMs: number },
): readonly Edge[] {
  const byAuthority = new Map(
    drawn.flatMap((rules) => edgesOf(rules, agreed, at)).map((edge) => [edge.authority, edge]),
  );
  return [...byAuthority.values()];
}

/** Letters alone: no detector can take it for anything. */
function nonce(): string {
  return [...randomBytes(12)].map((byte) => String.fromCharCode(0x61 + (byte % 26))).join('');
}
