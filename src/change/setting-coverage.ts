// Which changed settings nobody has approved. Sets are judged member by member, so that what another approval changed in the same
// setting voids nothing; whatever else changes is judged by the setting's own rule.
import type { SettingChange } from '../policy/setting-changes.js';
import { settingDirection, type SettingValue } from '../policy/setting-rules.js';
import { isEnough, tallyOf, type Consent } from './consent.js';
import type { Approved, Narrowing } from './coverage.js';
import { adds, type SettingGrant } from './grant.js';

export interface UncoveredSetting {
  readonly change: SettingChange;
  /** Who agreed to it, and how many that should be. */
  readonly tally: string;
}

type Value = SettingValue | null;

/** One member gained or lost, or a whole value that is no set. */
interface Step {
  readonly kind: 'gained' | 'lost' | 'whole';
  readonly member: string;
  readonly value: Value;
}

/** One for each path; narrowings among the changes are left out. */
export function uncoveredSettings(changes: readonly SettingChange[], approved: Approved): readonly UncoveredSetting[] {
  const byPath = new Map(changes.filter(adds).map((change) => [change.setting, change]));
  return [...byPath.values()].flatMap((change) => {
    for (const step of stepsOf(change)) {
      const consents = approved.consents.filter(
        (consent) =>
          consent.delta.settings.some((grant) => grant.setting === change.setting && isCovered(change, step, grant)) &&
          !approved.narrowings.some((narrowing) => isSpent(consent, narrowing, { setting: change.setting, step })),
      );
      if (!isEnough(consents, approved.rule)) return [{ change, tally: tallyOf(consents, approved.rule) }];
    }
    return [];
  });
}

/** The steps that need consent; where no single one does, the change as a whole. */
function stepsOf({ setting, before, after }: SettingChange): readonly Step[] {
  const whole: Step = { kind: 'whole', member: '', value: after };
  if (typeof before === 'string' || typeof after === 'string') return [whole];
  if (typeof before === 'number' || typeof after === 'number') return [whole];
  const [was, is] = [before ?? [], after ?? []];
  const steps: readonly Step[] = [
    ...is.filter((each) => !was.includes(each)).map((member) => step('gained', member, [...was, member])),
    ...was
      .filter((each) => !is.includes(each))
      .map((member) =>
        step(
          'lost',
          member,
          was.filter((each) => each !== member),
        ),
      ),
  ];
  // Of an own header both count: what a value carries decides how it is looked for.
  const needed = steps.filter(({ value }) => setting === 'identity.headers' || !isWithin(setting, value, before));
  return needed.length === 0 ? [whole] : needed;
}

function step(kind: Step['kind'], member: string, value: Value): Step {
  return { kind, member, value };
}

function isCovered(
  { setting, before, after }: SettingChange,
  { kind, member, value }: Step,
  grant: SettingGrant,
): boolean {
  const isSame = settingDirection(setting, grant.after, after) === 'equivalent';
  if (isSame || (setting !== 'identity.headers' && isWithin(setting, after, grant.after))) return true;
  const [was, is] = [listOf(grant.before), listOf(grant.after)];
  switch (kind) {
    case 'gained':
      return (
        is.includes(member) || (setting !== 'identity.headers' && isWithin(setting, value, [...listOf(before), ...is]))
      );
    case 'lost':
      return was.includes(member) && !is.includes(member);
    case 'whole':
      return false;
    default:
      return kind satisfies never;
  }
}

/** Whether a later narrowing took away what the approval, older than it, permits. */
function isSpent(
  consent: Consent,
  { at, delta }: Narrowing,
  { setting, step: { kind, member } }: { readonly setting: string; readonly step: Step },
): boolean {
  if (consent.createdMs > at) return false;
  return delta.settings.some((taken) => {
    if (taken.setting !== setting) return false;
    const [was, is] = [listOf(taken.before), listOf(taken.after)];
    if (kind === 'gained') return was.includes(member) && !is.includes(member);
    if (kind === 'lost') return is.includes(member) && !was.includes(member);
    return true;
  });
}

/** Whether `value` is no wider than `bound`. */
function isWithin(setting: string, value: Value, bound: Value): boolean {
  const direction = settingDirection(setting, bound, value);
  return direction === 'equivalent' || direction === 'narrowing';
}

function listOf(value: Value): readonly string[] {
  return typeof value === 'object' && value !== null ? value : [];
}
