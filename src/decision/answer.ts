// Identity in answers: gateways can add it there too, and a partner may echo what it received. It decides by name alone.
import type { Field } from '../http/message.js';
import type { IdentityClass } from '../policy/policy.js';
import type { Ruleset } from '../policy/ruleset.js';

export interface AnswerIdentity {
  /** The catalogue's or policy's label. */
  readonly header: string;
  readonly class: IdentityClass;
}

export interface AnswerPlan {
  /** What goes on to the client, in order. */
  readonly fields: readonly Field[];
  readonly stripped: readonly AnswerIdentity[];
  /** Identity that was left where it is. */
  readonly counted: readonly AnswerIdentity[];
}

const STRIPPED_CLASSES: ReadonlySet<IdentityClass> = new Set(['msisdn', 'imsi_imei', 'token']);

/**
 * Names of the classes msisdn, imsi_imei and token are stripped; others are counted, and so are names of low trust and those
 * that the policy watches (in any period): ordinary applications answer with them.
 */
export function planAnswer(ruleset: Ruleset, fields: readonly Field[]): AnswerPlan {
  const kept: Field[] = [];
  const stripped: AnswerIdentity[] = [];
  const counted: AnswerIdentity[] = [];
  for (const field of fields) {
    const identity = ruleset.identify(field.name);
    if (identity === undefined) {
      kept.push(field);
      continue;
    }
    const isWatched = identity.common && ruleset.policy.watch.some(({ key }) => key === identity.key);
    const isStripped = identity.action === 'strip' && STRIPPED_CLASSES.has(identity.class) && !isWatched;
    (isStripped ? stripped : counted).push({ header: identity.label, class: identity.class });
    if (!isStripped) kept.push(field);
  }
  return { fields: kept, stripped, counted };
}
