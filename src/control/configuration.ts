// Both files and everything that they name, read and judged together, for a start, a reload and a check alike. Starts nothing.
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { compilePolicy, type Compiled } from '../policy/compile.js';
import { digestOf, effectiveOf } from '../policy/effective.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import { disagreements } from './agreement.js';
import { gatedSettingsOf } from './gated-settings.js';
import { readSettings, type Machine } from './settings-file.js';
import type { Settings } from './settings.js';
import { pathFrom, readSource } from './text-file.js';
import { readTrustedFiles, type TrustedFiles } from './trusted-files.js';

/** What is read is judged against this: nothing here asks the clock or the system by itself. */
export interface Circumstance {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly machine: Machine;
  /** The folder from which paths are shown. */
  readonly folder: string;
  /** A machine that will not run this gateway: key and certificate files that are not there are only remarked. Default false. */
  readonly isElsewhere?: boolean;
  /** PEM texts that are known already, where `destinations.tls.ca` of the settings holds them and not paths. */
  readonly authorities?: readonly string[];
}

/** What can change without a restart. `digest` is that of the effective policy, gated settings included. */
export interface PolicyInHand extends Compiled, Pick<TrustedFiles, 'keys'> {
  readonly gated: GatedSettings;
}

export interface Configuration {
  readonly settings: Settings;
  readonly policy: PolicyInHand;
}

/** An outcome with the texts that its problems point into, for rendering. */
export interface Reading<T> {
  readonly outcome: Outcome<T>;
  readonly sources: readonly Source[];
}

const hasErrors = (problems: readonly Problem[]): boolean => problems.some((problem) => problem.severity === 'error');

/** The settings of `file` and the policy that they name. Where the settings are wrong, the policy is not looked at: its path may be. */
export function readConfiguration(file: string, circumstance: Circumstance): Reading<Configuration> {
  const source = readSource(file);
  if (!source.ok) return { outcome: source, sources: [] };
  const settings = readSettings(source.value, circumstance.machine);
  if (!settings.ok) return { outcome: settings, sources: [source.value] };
  const { outcome, sources, authorities } = readPolicy(settings.value, circumstance);
  const all = [source.value, ...sources];
  if (!outcome.ok) return { outcome, sources: all };
  const { destinations } = settings.value;
  return {
    outcome: {
      ok: true,
      value: {
        settings: { ...settings.value, destinations: { ...destinations, tls: { ca: authorities } } },
        policy: outcome.value,
      },
      problems: [...settings.problems, ...outcome.problems],
    },
    sources: all,
  };
}

/** The policy and the keys of settings that are known to be good; also the PEM texts of their authorities. */
export function readPolicy(
  settings: Settings,
  { now, folder, isElsewhere = false, authorities }: Omit<Circumstance, 'machine'>,
): Reading<PolicyInHand> & { readonly authorities: readonly string[] } {
  const files = readTrustedFiles(settings, { isElsewhere, ...(authorities === undefined ? {} : { authorities }) });
  const source = readSource(settings.policyFile, pathFrom(folder, settings.policyFile));
  if (!source.ok) return refused([...source.problems, ...files.problems], []);
  const compiled = compilePolicy(source.value, { now, maxYears: settings.maxYears });
  const problems = [
    ...compiled.problems,
    ...(compiled.ok ? disagreements(compiled.value, settings) : []),
    ...files.problems,
  ];
  if (!compiled.ok || !files.ok || hasErrors(problems)) return refused(problems, [source.value]);
  const gated = gatedSettingsOf(settings, files.value);
  const digest = digestOf(effectiveOf(compiled.value.policy, gated));
  return {
    outcome: { ok: true, value: { ...compiled.value, digest, gated, keys: files.value.keys }, problems },
    sources: [source.value],
    authorities: files.value.authorities,
  };
}

function refused(problems: readonly Problem[], sources: readonly Source[]) {
  return { outcome: { ok: false as const, problems }, sources, authorities: [] };
}
