// What a finding means: withheld, counted, or seen and left alone. Cookie, Referer and the target belong to the subscriber
// and are never altered; every other field is withheld where the policy says so, Authorization like any other.
import type { Field } from '../http/message.js';
import type { Detection } from '../policy/policy.js';
import type { Finding } from './detect.js';
import type { Kept } from './filter.js';
import type { Counts } from './plan-types.js';

export interface Contained {
  readonly fields: readonly Field[];
  readonly leaked: Counts['leaked'];
  readonly seen: Counts['seen'];
}

function isWithheld(finding: Finding, detection: Detection): boolean {
  switch (finding.detector) {
    case 'exact':
      return detection.exact === 'withhold';
    case 'number':
      return detection.numbers === 'withhold' && finding.firm;
    case 'hint':
      return detection.hints === 'withhold';
    default:
      return finding.detector satisfies never;
  }
}

/**
 * `findings` count in `examined`, the kept fields that are not released, in order. A field is withheld when one of its
 * findings is; then all of them are contained, else counted.
 */
export function containFindings(kept: readonly Kept[], findings: readonly Finding[], detection: Detection): Contained {
  const leaked: Counts['leaked'][number][] = [];
  const seen: Counts['seen'][number][] = [];
  const fields: Field[] = [];
  for (const { place, detector } of findings) if (place !== 'field') seen.push({ place, detector });
  let examined = -1;
  for (const { field, isReleased, hint } of kept) {
    if (!isReleased) examined += 1;
    const own =
      isReleased || findings.length === 0
        ? []
        : findings.filter(({ place, index }) => place === 'field' && index === examined);
    const outcome = own.some((finding) => isWithheld(finding, detection)) ? 'contained' : 'counted';
    for (const finding of own) {
      leaked.push({ class: finding.class, detector: finding.detector, outcome, field: field.name });
    }
    if (hint !== null) leaked.push({ class: hint, detector: 'hint', outcome, field: field.name });
    if (outcome === 'counted') fields.push(field);
  }
  return { fields, leaked, seen };
}
