// One side of a comparison as it is named on the command line: a file, `git:REV:PATH`, or `live`, what the running gateway has.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { gatedSettingsOf } from '../control/gated-settings.js';
import { readSettings } from '../control/settings-file.js';
import type { Settings } from '../control/settings.js';
import { readSource } from '../control/text-file.js';
import { readTrustedFiles } from '../control/trusted-files.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import type { Placed } from '../policy/causes.js';
import { compilePolicy } from '../policy/compile.js';
import type { Compared } from '../policy/diff.js';
import { digestOf, effectiveOf, effectivePolicyOf } from '../policy/effective.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { GatedSettings } from '../policy/setting-rules.js';
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
  readonly settings?: Settings;
}

/** The side, or why there is none; `sources` are the texts that the problems point into. */
export async function readSide(named: Named): Promise<{ outcome: Outcome<Side>; sources: readonly Source[] }> {
  const { name, now, settings } = named;
  if (name === 'live') return { outcome: await liveSide(settings), sources: [] };
  const source = name.startsWith('git:') ? readRevision(name) : readSource(name);
  if (!source.ok) return { outcome: source, sources: [] };
  const sources = [source.value];
  const compiled = compilePolicy(source.value, {
    now,
    ...(settings === undefined ? {} : { maxYears: settings.maxYears }),
  });
  if (!compiled.ok) return { outcome: compiled, sources };
  const gated = settings === undefined ? undefined : gatedOf(settings);
  return { outcome: { ...compiled, value: sideOf(compiled.value, gated) }, sources };
}

/** The settings of a comparison. Their files may be on another machine: what is not there is left out. */
export function readSettingsFor(file: string): { outcome: Outcome<Settings>; sources: readonly Source[] } {
  const source = readSource(file);
  if (!source.ok) return { outcome: source, sources: [] };
  return { outcome: readSettings(source.value, { processors: 1, descriptors: null }), sources: [source.value] };
}

function sideOf(placed: Placed, gated: GatedSettings | undefined): Side {
  const effective = gated === undefined ? effectivePolicyOf(placed.policy) : effectiveOf(placed.policy, gated);
  const ruleset = rulesetOf(placed.policy, digestOf(effective));
  return { compared: gated === undefined ? { ruleset } : { ruleset, gated }, placed };
}

function gatedOf(settings: Settings): GatedSettings {
  const files = readTrustedFiles(settings, true);
  const { authorities, keys } = files.ok ? files.value : { authorities: [], keys: {} };
  return gatedSettingsOf(settings, { authorities, keys, signers: textOf(settings.approval.signers) });
}

function textOf(file: string | null): string | null {
  try {
    return file === null ? null : readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

async function liveSide(settings: Settings | undefined): Promise<Outcome<Side>> {
  const admin = settings?.admin;
  if (admin === null || admin === undefined) {
    const help = settings === undefined ? 'write `--config FILE`' : 'write `admin: { address: ... }` in headgate.yaml';
    return refused('source-live', '`live` is the gateway that runs: its admin address is not known', help);
  }
  const live = await readLive(admin);
  if (!live.ok) return live;
  const { policy, gated } = live.value;
  const side = sideOf({ policy, places: null }, gated);
  return { ok: true, value: side, problems: [] };
}

function readRevision(name: string): Outcome<Source> {
  const [, revision = '', path = ''] = /^git:([^:]*):(.*)$/s.exec(name) ?? [];
  if (revision === '' || path === '' || revision.startsWith('-') || isAbsolute(path)) {
    return refused(
      'source-git',
      `\`${name}\` names no file in git: it takes \`git:REV:PATH\``,
      'for example `git:main:config/policy.yaml`',
    );
  }
  try {
    // `./`: the path counts from here, not from the top of the repository.
    const text = execFileSync('git', ['show', `${revision}:./${path.replace(/^\.\//, '')}`], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { ok: true, value: { file: name, text }, problems: [] };
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string | null };
    const said = (stderr ?? '').split('\n')[0] ?? '';
    return refused('source-git', `cannot read \`${name}\`: ${said === '' ? 'git cannot be run' : said}`);
  }
}

function refused(code: string, message: string, help?: string): { ok: false; problems: readonly Problem[] } {
  return { ok: false, problems: [{ code, severity: 'error', message, ...(help === undefined ? {} : { help }) }] };
}
