// Whether a run of digits has the shape of a number of ours. A shape is no proof: number portability makes ranges both too
// wide and too narrow, and a 5-digit prefix meets a random 12-digit id once in 100,000.
import type { NumberPlan } from '../policy/policy.js';

export interface Shape {
  readonly class: 'msisdn' | 'imsi_imei';
  /** Whether the prefix has 7 digits or more: only then may a policy withhold for it. */
  readonly firm: boolean;
}

interface Form extends Shape {
  readonly prefix: string;
  readonly digits: number;
}

/** The shapes of a policy's number plans, made ready; build once per policy. */
export interface Shapes {
  readonly byLength: ReadonlyMap<number, readonly Form[]>;
  readonly placeholders: ReadonlySet<string>;
  /** The shortest run that can have a shape; Infinity where there is none. */
  readonly least: number;
}

const FIRM_PREFIX = 7;

/**
 * International, with `00`, or national with its leading 0; the bare national form never. IMSIs: 14 or 15 digits that
 * begin with a PLMN. A range whose prefix does not begin with its country code has no national form.
 */
export function shapesOf(numbers: readonly NumberPlan[]): Shapes {
  const byLength = new Map<number, Form[]>();
  const add = (form: Form): void => {
    const forms = byLength.get(form.digits);
    if (forms === undefined) byLength.set(form.digits, [form]);
    else forms.push(form);
  };
  for (const { countryCode, ranges, plmns } of numbers) {
    for (const { prefix, digits } of ranges) {
      const rest = { class: 'msisdn', firm: prefix.length >= FIRM_PREFIX } as const;
      add({ ...rest, prefix, digits });
      add({ ...rest, prefix: `00${prefix}`, digits: digits + 2 });
      if (prefix.startsWith(countryCode)) {
        add({ ...rest, prefix: `0${prefix.slice(countryCode.length)}`, digits: digits - countryCode.length + 1 });
      }
    }
    for (const plmn of plmns) {
      for (const digits of [14, 15]) {
        add({ class: 'imsi_imei', firm: plmn.length >= FIRM_PREFIX, prefix: plmn, digits });
      }
    }
  }
  return {
    byLength,
    placeholders: new Set(numbers.flatMap(({ placeholders }) => placeholders)),
    least: Math.min(Infinity, ...byLength.keys()),
  };
}

/** The shape of a maximal run of digits; of two that fit, the firm one. */
export function shapeOf(run: string, shapes: Shapes): Shape | undefined {
  const forms = shapes.byLength.get(run.length);
  if (forms === undefined || shapes.placeholders.has(run)) return undefined;
  let found: Shape | undefined;
  for (const form of forms) {
    if (!run.startsWith(form.prefix)) continue;
    if (form.firm) return form;
    found ??= form;
  }
  return found;
}
