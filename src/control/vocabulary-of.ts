// The label values of the gateway that runs: its listeners, what the policy names, and the closed lists of http/ and proxy/.
import { REFUSALS } from '../http/refusal.js';
import type { Ruleset } from '../policy/ruleset.js';
import { UPSTREAM_ERRORS } from '../proxy/upstream-error.js';
import { OTHER } from '../telemetry/label-values.js';
import type { Vocabulary } from '../telemetry/vocabulary.js';

/** A release is labelled as the decision labels it: by the catalogue's or policy's name for the header, not by its spelling. */
export function vocabularyOf(ruleset: Ruleset, listeners: readonly string[]): Vocabulary {
  return {
    listeners,
    headers: ruleset.headerLabels,
    releases: ruleset.policy.partners.flatMap((partner) =>
      listeners
        .filter((listener) => partner.listeners === null || partner.listeners.includes(listener))
        .flatMap((listener) =>
          partner.release.map(({ header, form }) => ({
            listener,
            partner: partner.id,
            header: ruleset.identify(header)?.label ?? OTHER,
            form,
          })),
        ),
    ),
    refusals: Object.keys(REFUSALS),
    upstreamErrors: Object.keys(UPSTREAM_ERRORS),
  };
}
