// The settings of one side of a comparison: a file or `git:REV:PATH`, with what they name. Starts nothing.
import type { RunningRule } from '../change/admitted.js';
import { gatedSettingsOf } from '../control/gated-settings.js';
import { settingPlacesOf, type SettingPlaces } from '../control/setting-places.js';
import { readSettings } from '../control/settings-file.js';
import type { Settings } from '../control/settings.js';
import { readSource } from '../control/text-file.js';
import { readTrustedFiles } from '../control/trusted-files.js';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import type { GatedSettings } from '../policy/setting-rules.js';
import { readRevision } from './git-revision.js';

export interface SideSettings {
  readonly settings: Settings;
  readonly gated: GatedSettings;
  /** Who must approve a change of them. */
  readonly rule: RunningRule;
  readonly placeOf: SettingPlaces;
}

/**
 * Their files may be on another machine: what cannot be read is left out, with a warning. Files that a revision of git names are
 * those of the revision; outside the repository, those that lie there now.
 */
export function readSideSettings(name: string): { outcome: Outcome<SideSettings>; sources: readonly Source[] } {
  const revision = name.startsWith('git:') ? readRevision(name) : undefined;
  const read = revision === undefined ? readSource(name) : undefined;
  if (revision?.ok === false) return { outcome: revision, sources: [] };
  if (read?.ok === false) return { outcome: read, sources: [] };
  const source = revision?.value.source ?? read?.value;
  if (source === undefined) throw new Error('neither a file nor a revision');
  const machine = { processors: 1, descriptors: null };
  const settings = readSettings(source, machine, revision?.value.folder);
  const sources = [source];
  if (!settings.ok) return { outcome: settings, sources };
  const files = readTrustedFiles(settings.value, {
    isElsewhere: true,
    ...(revision === undefined ? {} : { read: (file) => revision.value.read(file) }),
  });
  if (!files.ok) return { outcome: files, sources };
  const gated = gatedSettingsOf(settings.value, files.value);
  const { required, groups, audience } = settings.value.approval;
  const { signers, revoked } = files.value;
  const rule = { required, groups, audience, signers, revoked };
  const value = { settings: settings.value, gated, rule, placeOf: settingPlacesOf(source) };
  return { outcome: { ok: true, value, problems: [...settings.problems, ...files.problems] }, sources };
}
