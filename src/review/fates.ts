// What became of each field of a question, read from the plan: what it forwards is what leaves. Works out nothing itself.
import type { Plan } from '../decision/plan-types.js';
import type { Field } from '../http/message.js';
import { keysOf } from '../names/key.js';
import type { Form, ReleaseRule } from '../policy/policy.js';
import type { Ruleset } from '../policy/ruleset.js';

/** `forwarded`: it carries no identity by its name, or the policy watches it. `withheld`: it does not leave. */
export type Fate = Form | 'forwarded' | 'withheld';

export interface FieldFate {
  readonly field: Field;
  readonly fate: Fate;
  /** The field that leaves for it; null where none does, or where an earlier spelling of the same header leaves for both. */
  readonly leaves: Field | null;
  /** The partner's rule for the name, whether it was followed or not. */
  readonly rule: ReleaseRule | null;
}

/** One for each of `fields` in their order; all withheld where the plan forwards nothing. */
export function fatesOf(ruleset: Ruleset, fields: readonly Field[], plan: Plan): readonly FieldFate[] {
  if (plan.kind !== 'forward') return fields.map((field) => ({ field, fate: 'withheld', leaves: null, rule: null }));
  const partner = ruleset.policy.partners.find(({ id }) => id === plan.partner);
  const ruleOf = (name: string): ReleaseRule | null => {
    const keys = keysOf(name);
    for (const key of keys) {
      const rule = partner?.release.find((each) => each.key === key);
      if (rule !== undefined) return rule;
    }
    return null;
  };
  // What leaves is in the order of what came, with Host first: one pass over both.
  const leaving = plan.fields.slice(1);
  const settled = new Set<string>();
  let next = 0;
  return fields.map((field): FieldFate => {
    const rule = ruleOf(field.name);
    const candidate = leaving[next];
    if (rule !== null) {
      if (settled.has(rule.key)) return { field, fate: rule.form, leaves: null, rule };
      // Whatever else had this name would have this rule too.
      if (candidate?.name !== rule.header) return { field, fate: 'withheld', leaves: null, rule };
      settled.add(rule.key);
      next += 1;
      return { field, fate: rule.form, leaves: candidate, rule };
    }
    if (candidate?.name !== field.name || candidate.value !== field.value)
      return { field, fate: 'withheld', leaves: null, rule };
    next += 1;
    return { field, fate: 'forwarded', leaves: candidate, rule };
  });
}
