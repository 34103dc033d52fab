// From what a plan says happened to metrics and log: the only place of the proxy that names them. No value ever comes here.
import type { Counts, Verdict } from '../decision/plan-types.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Log } from '../telemetry/log.js';
import type { Meter } from '../telemetry/meter.js';
import type { Lookout } from './lookout.js';
import type { UpstreamErrorCode } from './upstream-error.js';

/** Where a leak was going and whose it was. */
export interface LeakSource {
  /** The host asked for. */
  readonly place: string;
  /** null: a stranger's. */
  readonly partner: string | null;
  /** `subscriberOf`; hashed, never kept. */
  readonly subscriber: string;
}

export class Tally {
  readonly meter: Meter;
  readonly log: Log;
  readonly #lookout: Lookout;

  constructor(meter: Meter, log: Log, lookout: Lookout) {
    this.meter = meter;
    this.log = log;
    this.#lookout = lookout;
  }

  verdict(listener: string, verdict: Verdict): void {
    this.meter.count('headgate_requests_total', [listener, verdict]);
  }

  refusal(listener: string, why: RefusalCode, request: string): void {
    this.verdict(listener, 'refused');
    this.meter.count('headgate_refused_requests_total', [listener, why]);
    this.log.warn('request-refused', `request refused: ${why}`, { cause: why, listener, request });
  }

  upstreamError(why: UpstreamErrorCode, listener: string, partner: string | null, request: string): void {
    this.meter.count('headgate_upstream_errors_total', [why]);
    this.log.warn('upstream-failed', `destination failed: ${why}`, { cause: why, listener, partner, request });
  }

  /** What was withheld and found: true whether or not the head then left. `source`: absent where nothing can have been found. */
  withheld(listener: string, counts: Counts, request: string, digest: string, source?: LeakSource): void {
    for (const { header, class: kind } of counts.stripped) {
      this.meter.count('headgate_stripped_headers_total', [listener, header, kind]);
    }
    for (const { header } of counts.spoofed) this.meter.count('headgate_spoofed_headers_total', [listener, header]);
    for (const { header } of counts.ambiguous) this.meter.count('headgate_ambiguous_headers_total', [listener, header]);
    for (const { place, detector } of counts.seen) this.meter.count('headgate_identity_seen_total', [place, detector]);
    for (const leak of counts.leaked) {
      this.meter.count('headgate_leaked_headers_total', [listener, leak.class, leak.detector, leak.outcome]);
      this.log.warn('identity-leak', `identity in a field after the strip: ${leak.outcome}`, {
        cause: leak.detector,
        listener,
        field: leak.field,
        detector: leak.detector,
        outcome: leak.outcome,
        partner: source?.partner ?? 'stranger',
        fingerprint: source === undefined ? null : this.#journal(listener, leak, source),
        digest,
        request,
      });
    }
    if (counts.hostDisagrees) this.meter.count('headgate_host_disagreements_total', [listener]);
    if (counts.nominated > 0) this.meter.count('headgate_nominated_headers_total', [listener], counts.nominated);
  }

  /** The head left. */
  released(listener: string, counts: Counts): void {
    for (const { partner, header, form } of counts.released) {
      this.meter.count('headgate_released_headers_total', [listener, partner, header, form]);
    }
  }

  /** The second look found what the decision let through: a defect of ours, caught. */
  egress(listener: string, field: string, request: string, digest: string, source: LeakSource): void {
    this.meter.count('headgate_leaked_headers_total', [listener, 'unknown', 'egress', 'contained']);
    const leak = { field, detector: 'egress', outcome: 'contained' } as const;
    this.log.error('egress-hit', 'the second look found identity: nothing was sent', {
      cause: 'egress',
      listener,
      ...leak,
      partner: source.partner ?? 'stranger',
      fingerprint: this.#journal(listener, leak, source),
      digest,
      request,
    });
  }

  #journal(
    listener: string,
    { field, detector, outcome }: Pick<Counts['leaked'][number], 'field' | 'detector' | 'outcome'>,
    { place, partner, subscriber }: LeakSource,
  ): string {
    return this.#lookout.leak({ listener, place, field, detector, outcome, partner }, subscriber);
  }
}
