// The closed lists of label values name exactly what the folders that count can say: a new member of a union fails the compiler here.
import type { Counts, DetectorName, LeakOutcome, Place, Verdict } from '../../src/decision/plan-types.js';
import type { Form } from '../../src/policy/policy.js';
import { LABEL_VALUES, OTHER } from '../../src/telemetry/label-values.js';

const verdict: Record<Verdict, true> = {
  refused: true,
  tunnelled: true,
  released: true,
  stripped: true,
  untouched: true,
};
const detector: Record<DetectorName, true> = {
  exact: true,
  number: true,
  hint: true,
  novelty: true,
  canary: true,
  egress: true,
};
const place: Record<Exclude<Place, 'field'>, true> = { cookie: true, referer: true, target: true };
const form: Record<Form, true> = { pseudonym: true, unchanged: true };
const identityClass: Record<Counts['leaked'][number]['class'], true> = {
  msisdn: true,
  imsi_imei: true,
  token: true,
  network: true,
  location: true,
  address: true,
  unknown: true,
};
const outcome: Record<LeakOutcome, true> = { contained: true, counted: true, escaped: true };

describe('label values', () => {
  test.each([
    ['verdict', verdict],
    ['detector', detector],
    ['place', place],
    ['form', form],
    ['class', identityClass],
    ['headgate_leaked_headers_total outcome', outcome],
  ] as const)('the list of `%s` is the union that the decision uses', (label, union) => {
    expect([...LABEL_VALUES[label]].sort()).toEqual(Object.keys(union).sort());
  });

  test('no list holds `other` or names a value twice', () => {
    for (const values of Object.values<readonly string[]>(LABEL_VALUES)) {
      expect(values).not.toContain(OTHER);
      expect(new Set(values).size).toBe(values.length);
    }
  });
});
