// The detectors: identity in what is left of a request after the strip. They report and alter nothing; what a finding
// means (withhold, count, seen) is the plan's to say. Linear in the head, no state, nothing kept of a value.
import type { Field } from '../http/message.js';
import { keyOf } from '../names/key.js';
import type { IdentityClass, NumberPlan } from '../policy/policy.js';
import type { Ruleset } from '../policy/ruleset.js';
import { digestRunsOf } from './digests.js';
import { percentDecoded } from './encodings.js';
import { hintOf } from './hint.js';
import { NeedleSearch } from './needle-search.js';
import { type Shapes, shapeOf, shapesOf, type Shape } from './number-shape.js';
import { countryCodesOf, LEAST_DIGITS } from './number-spellings.js';
import type { DetectionTally, Needle, Place } from './plan-types.js';
import { ALPHABETS, runsOf } from './runs.js';

export interface Finding {
  readonly place: Place;
  /** In `fields`; -1: the request target. */
  readonly index: number;
  readonly detector: 'exact' | 'number' | 'hint';
  readonly class: IdentityClass | 'unknown';
  /** False for a number whose prefix has less than 7 digits: it is counted even where the policy withholds numbers. */
  readonly firm: boolean;
}

export interface DetectInput {
  /**
   * What is left after the strip. Not among them: names that `identify` knows with action `strip` and that are not
   * watched, and the fields of a release, which hold their needle by right.
   */
  readonly fields: readonly Field[];
  /** The request target; empty: none is looked at. */
  readonly target: string;
  readonly needles: readonly Needle[];
  readonly ruleset: Ruleset;
  /** The canonical host asked for: where suppressions hold. */
  readonly host: string;
  /** Milliseconds since the epoch, as `Question.times`. */
  readonly times: readonly number[];
  readonly skewMs: number;
  /** Under lockdown no suppression holds. */
  readonly areSuppressionsOff?: boolean;
  /** Absent: digests are always looked at and nothing is counted. */
  readonly tally?: DetectionTally;
}

interface Kit {
  readonly search: NeedleSearch;
  readonly hasNeedles: boolean;
  readonly shapes: Shapes;
  readonly leastRun: number;
  readonly tally: DetectionTally | undefined;
}

interface Sighting {
  exact: Needle | undefined;
  shape: Shape | undefined;
}

const MOST_VALUE = 4096;
const PLANS = new WeakMap<readonly NumberPlan[], { shapes: Shapes; countryCodes: readonly string[] }>();

/** Of a policy's number plans, made once per plan and forgotten with it. */
const preparedOf = (numbers: readonly NumberPlan[]): { shapes: Shapes; countryCodes: readonly string[] } => {
  let prepared = PLANS.get(numbers);
  if (prepared === undefined) {
    prepared = { shapes: shapesOf(numbers), countryCodes: countryCodesOf(numbers) };
    PLANS.set(numbers, prepared);
  }
  return prepared;
};

/** Host says what the target says, so it is the subscriber's like the target. */
const placeOf = (name: string): Place => {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === 'host' ? 'target' : 'field';
    case 6:
      return name.toLowerCase() === 'cookie' ? 'cookie' : 'field';
    case 7:
      return name.toLowerCase() === 'referer' ? 'referer' : 'field';
    default:
      return 'field';
  }
};

const lookForRuns = (text: string, kit: Kit, sighting: Sighting): void => {
  for (const run of runsOf(text, ALPHABETS.digits, kit.leastRun)) {
    if (kit.search.hasNumbers && run.text.length >= LEAST_DIGITS) sighting.exact ??= kit.search.run(run, text);
    if (sighting.shape?.firm !== true) sighting.shape = shapeOf(run.text, kit.shapes) ?? sighting.shape;
  }
};

const lookForDigests = (text: string, kit: Kit): Needle | undefined => {
  const runs = digestRunsOf(text);
  if (runs.length === 0) return undefined;
  const { tally } = kit;
  if (tally !== undefined) {
    if (tally.digestValuesLeft <= 0) {
      tally.digestValuesSkipped += 1;
      return undefined;
    }
    tally.digestValuesLeft -= 1;
  }
  return kit.search.digest(runs);
};

const lookAt = (text: string, kit: Kit, sighting: Sighting): void => {
  lookForRuns(text, kit, sighting);
  if (!kit.hasNeedles) return;
  sighting.exact ??= kit.search.token(text);
  if (!kit.search.hasNumbers) return;
  sighting.exact ??= kit.search.base64(text) ?? lookForDigests(text, kit);
};

const sightingIn = (value: string, kit: Kit): Sighting => {
  const sighting: Sighting = { exact: undefined, shape: undefined };
  let text = value;
  if (value.length > MOST_VALUE) {
    text = value.slice(0, MOST_VALUE);
    if (kit.tally !== undefined) kit.tally.cutValues += 1;
  }
  lookAt(text, kit, sighting);
  if (text.includes('%')) lookAt(percentDecoded(text), kit, sighting);
  return sighting;
};

/**
 * Every finding, fields in order and the target last; each detector at most once per field. `exact`: a needle in its own
 * digits or token, another spelling, hex, TBCD, base64, an unkeyed digest, or any of these under one percent-encoding.
 * `number`: a number of ours by its shape; left out where an exact hit is treated at least as strictly. `hint`: the name
 * of a field that nobody knows. Only the first 4 KiB of a value are read. Suppressed fields give none.
 */
export function detect(input: DetectInput): readonly Finding[] {
  const { fields, needles, ruleset, tally } = input;
  const { detection, numbers } = ruleset.policy;
  const { shapes, countryCodes } = preparedOf(numbers);
  const kit: Kit = {
    search: new NeedleSearch(needles, countryCodes),
    hasNeedles: needles.length > 0,
    shapes,
    leastRun: needles.length > 0 ? Math.min(LEAST_DIGITS, shapes.least) : shapes.least,
    tally,
  };
  const numbersAreStricter = detection.exact === 'count' && detection.numbers === 'withhold';
  const findings: Finding[] = [];
  const report = (place: Place, index: number, { exact, shape }: Sighting): void => {
    if (exact !== undefined) findings.push({ place, index, detector: 'exact', class: exact.class, firm: true });
    if (shape !== undefined && (exact === undefined || numbersAreStricter)) {
      findings.push({ place, index, detector: 'number', class: shape.class, firm: shape.firm });
    }
  };
  fields.forEach(({ name, value }, index) => {
    const sighting = sightingIn(value, kit);
    const hint = hintOf(name);
    if (sighting.exact === undefined && sighting.shape === undefined && hint === undefined) return;
    const isLoud = input.areSuppressionsOff === true;
    if (!isLoud && ruleset.isSuppressed(keyOf(name), input.host, input.times, input.skewMs)) return;
    const place = placeOf(name);
    report(place, index, sighting);
    if (hint !== undefined && ruleset.identify(name) === undefined) {
      findings.push({ place, index, detector: 'hint', class: hint, firm: true });
    }
  });
  if (input.target !== '') report('target', -1, sightingIn(input.target, kit));
  return findings;
}
