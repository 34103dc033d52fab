import type { DetectInput } from '../../src/decision/detect.js';
import type { Needle } from '../../src/decision/plan-types.js';
import type { Detection, NumberPlan } from '../../src/policy/policy.js';
import type { Ruleset } from '../../src/policy/ruleset.js';

/** What our numbers look like in the detectors' tests: Ofcom's numbers for drama, the test network's IMSIs. */
export const OURS: NumberPlan = {
  countryCode: '44',
  ranges: [{ prefix: '447700900', digits: 12 }],
  plmns: ['00101'],
  placeholders: ['99999999999'],
};

export const LINE: Needle = { kind: 'number', value: '447700900123', class: 'msisdn', key: 'xmsisdn' };
export const IMSI: Needle = { kind: 'number', value: '001010123456789', class: 'imsi_imei', key: 'ximsi' };
export const TOKEN: Needle = { kind: 'token', value: 'OTgxNTk2NDk0AKt3vhJ9f/3kQ2xW', class: 'token', key: 'xuidh' };

const DETECTION: Detection = { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' };

interface Rules {
  readonly detection?: Partial<Detection>;
  readonly numbers?: readonly NumberPlan[];
  /** `key@host`. */
  readonly suppressed?: readonly string[];
  /** Names that `identify` knows. */
  readonly known?: readonly string[];
}

/** A ruleset of which only what a detector asks is real. */
export function rulesetWith(rules: Rules = {}): Ruleset {
  return {
    policy: {
      version: 1,
      timezone: 'UTC',
      headers: [],
      watch: [],
      numbers: rules.numbers ?? [OURS],
      detection: { ...DETECTION, ...rules.detection },
      partners: [],
      deny: [],
      suppressions: [],
      releasesNothing: true,
    },
    digest: '',
    identify: (name) =>
      rules.known?.includes(name)
        ? { key: '', label: '', class: 'msisdn', action: 'count', source: 'catalogue', common: false }
        : undefined,
    isWatched: () => false,
    isSuppressed: (key, host) => rules.suppressed?.includes(`${key}@${host}`) ?? false,
    release: () => undefined,
    headerLabels: [],
  };
}

/** The input for fields `Name: value`, by default with the subscriber's line as the only needle. */
export function inputOf(fields: Record<string, string>, rest: Partial<DetectInput> = {}): DetectInput {
  return {
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
    target: '/',
    needles: [LINE],
    ruleset: rulesetWith(),
    host: 'news.example',
    times: [0],
    skewMs: 0,
    ...rest,
  };
}
