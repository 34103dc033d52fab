// One side of a comparison as it is named on the command line: a file, `git:REV:PATH`, or `live`, what the running gateway has.
import { readSource } from '../control/text-file.js';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import type { Placed } from '../policy/causes.js';
import { compilePolicy } from '../policy/compile.js';
import type { Compared } from '../policy/diff.js';
import { digestOf, effectiveOf } from '../policy/effective.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { SideSettings } from './compared-settings.js';
import { readRevision } from './git-revision.js';
import { readLive } from './live-policy.js';

export interface Side {
  readonly compared: Compared;
  readonly placed: Placed;
}

export interface Named {
  /** As written: `policy.yaml`, `git:main:policy.yaml`, `live`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Absent: gated settings are not compared, and `live` cannot be asked. */
  readonly settings?: SideSettings;
}

/** The side, or why there is none; `sources` are the texts that the problems point into. */
export async function readSide(named: Named): Promise<{ outcome: Outcome<Side>; sources: readonly Source[] }> {
  const { name, now, settings } = named;
  if (name === 'live') return { outcome: await liveSide(settings), sources: [] };
  const source = sourceOf(name);
  if (!source.ok) return { outcome: source, sources: [] };
  const sources = [source.value];
  const maxYears = settings === undefined ? {} : { maxYears: settings.settings.maxYears };
  const compiled = compilePolicy(source.value, { now, ...maxYears });
  if (!compiled.ok) return { outcome: compiled, sources };
  const { policy, places, digest } = compiled.value;
  if (settings === undefined) {
    const value = { compared: { ruleset: rulesetOf(policy, digest) }, placed: { policy, places } };
    return { outcome: { ...compiled, value }, sources };
  }
  const { gated, placeOf } = settings;
  const compared = { ruleset: rulesetOf(policy, digestOf(effectiveOf(policy, gated))), gated };
  return { outcome: { ...compiled, value: { compared, placed: { policy, places, placeOf } } }, sources };
}

function sourceOf(name: string): Outcome<Source> {
  if (!name.startsWith('git:')) return readSource(name);
  const revision = readRevision(name);
  return revision.ok ? { ...revision, value: revision.value.source } : revision;
}

/** What runs has its own settings, and its own digest; no line of a file. */
async function liveSide(settings: SideSettings | undefined): Promise<Outcome<Side>> {
  const admin = settings?.settings.admin;
  if (admin === null || admin === undefined) {
    const message = '`live` is the gateway that runs: its admin address is not known';
    const help = settings === undefined ? 'write `--config FILE`' : 'write `admin: { address: ... }` in headgate.yaml';
    return { ok: false, problems: [{ code: 'source-live', severity: 'error', message, help }] };
  }
  const live = await readLive(admin);
  if (!live.ok) return live;
  const { digest, engine, policy, gated } = live.value;
  const compared = { ruleset: rulesetOf(policy, digest), gated, engine };
  return { ok: true, value: { compared, placed: { policy, places: null } }, problems: [] };
}
