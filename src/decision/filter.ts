// Strips and releases by name, in the order that came. It looks at no value but to see whether the spellings of one released
// header agree; detectors run after it, and nothing runs after them. INVARIANT: it invents no field and keeps no withheld one.
import type { Field } from '../http/message.js';
import type { IdentityClass, ReleaseRule } from '../policy/policy.js';
import type { Release } from '../policy/ruleset.js';
import { type Rank, type Setting, fateOf, isNominationOfIdentity } from './fate.js';
import type { Carried } from './needles.js';
import type { Counts } from './plan-types.js';
import { pseudonymOf } from './pseudonym.js';

/** A field that the names let pass. */
export interface Kept {
  readonly field: Field;
  /** Released by name: detectors leave it alone, it carries identity by right. */
  readonly isReleased: boolean;
  readonly hint: IdentityClass | null;
}

/** What the names alone say for `Counts`. */
export interface NameCounts {
  readonly stripped: Counts['stripped'][number][];
  readonly released: Counts['released'][number][];
  readonly spoofed: Counts['spoofed'][number][];
  readonly ambiguous: Counts['ambiguous'][number][];
  readonly nominated: number;
}

export interface Filtered {
  /** Names in quarantine, as sent. */
  readonly quarantined: readonly string[];
  readonly kept: readonly Kept[];
  /** What the identity headers held, for the detectors; what leaves unchanged stands first. */
  readonly carried: readonly Carried[];
  readonly counts: NameCounts;
}

/** All spellings of one released header. */
interface Group {
  readonly rule: ReleaseRule;
  readonly label: string;
  readonly values: string[];
  /** Where the first spelling stood among `kept`. */
  readonly position: number;
}

const areEqual = (values: readonly string[]): boolean => values.every((value) => value === values[0]);

/** What the partner receives; undefined: withheld (a key is missing). */
function releasedValue(group: Group, release: Release, setting: Setting): string | undefined {
  const { rule, values } = group;
  const [value = ''] = values;
  if (rule.form === 'unchanged') return value;
  const { keys } = setting.circumstances;
  const { numbers } = setting.ruleset.policy;
  return pseudonymOf({ partner: release.partner.id, class: rule.class, value, keyIds: rule.keyIds, keys, numbers });
}

/** One canonical field for spellings with equal values; different values are withheld: which of them is true? */
function settle(group: Group, release: Release, setting: Setting, counts: NameCounts): Kept | null {
  const { rule, label, values } = group;
  const isAmbiguous = !areEqual(values);
  const value = isAmbiguous ? undefined : releasedValue(group, release, setting);
  if (value === undefined) {
    for (let i = 0; i < values.length; i += 1) counts.stripped.push({ header: label, class: rule.class });
    if (isAmbiguous) counts.ambiguous.push({ header: label });
    return null;
  }
  counts.released.push({ partner: release.partner.id, header: label, form: rule.form, name: rule.header });
  return { field: { name: rule.header, value }, isReleased: true, hint: null };
}

/** Filters one request's fields; every withheld field is in `stripped`, and in `spoofed` or `ambiguous` when that is why. */
export function filterFields(setting: Setting): Filtered {
  const { read, release } = setting;
  const nominated = read.options.filter((option) => isNominationOfIdentity(option, setting)).length;
  const counts: NameCounts = { stripped: [], released: [], spoofed: [], ambiguous: [], nominated };
  const kept: (Kept | null)[] = [];
  const quarantined: string[] = [];
  const carried: Record<Rank, Carried[]> = { first: [], usual: [], last: [] };
  const groups = new Map<string, Group>();
  for (const field of read.fields) {
    const fate = fateOf(field, setting);
    switch (fate.kind) {
      case 'ours':
        break;
      case 'keep':
        kept.push({ field, isReleased: false, hint: fate.hint });
        break;
      case 'quarantine':
        // Novelty is noticed by values that follow the subscriber: such a name counts as a token until someone decides.
        counts.stripped.push({ header: 'other', class: 'token' });
        quarantined.push(field.name);
        break;
      case 'withhold':
        counts.stripped.push({ header: fate.label, class: fate.class });
        if (fate.isSpoofed) counts.spoofed.push({ header: fate.label });
        carried[fate.rank].push({ key: fate.key, class: fate.class, value: field.value });
        break;
      case 'release': {
        const { rule, label } = fate;
        const group = groups.get(rule.key);
        if (group !== undefined) group.values.push(field.value);
        else groups.set(rule.key, { rule, label, values: [field.value], position: kept.push(null) - 1 });
        carried[rule.form === 'unchanged' ? 'first' : 'usual'].push({
          key: rule.key,
          class: rule.class,
          value: field.value,
        });
        break;
      }
      default:
        fate satisfies never;
    }
  }
  if (release !== undefined) {
    for (const group of groups.values()) kept[group.position] = settle(group, release, setting, counts);
  }
  const { first, usual, last } = carried;
  return {
    kept: kept.filter((entry) => entry !== null),
    carried: [...first, ...usual, ...last],
    quarantined,
    counts,
  };
}
