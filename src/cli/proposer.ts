// Who asks for an approval, by the name in `allowed_signers`: as written, else as git knows this person, else as the system does.
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import type { RunningRule } from '../change/admitted.js';
import { parseAllowedSigners } from '../change/allowed-signers.js';
import type { Outcome } from '../document/problem.js';

/** Refuses a person who is not in the list of the rule, where it has one. */
export function proposerFor(written: string | undefined, { signers }: RunningRule): Outcome<string> {
  const name = written ?? gitSetting('user.email') ?? userInfo().username;
  if (signers === null) return { ok: true, value: name, problems: [] };
  const list = parseAllowedSigners({ file: 'allowed_signers', text: signers });
  if (!list.ok) return list;
  const people = [...new Set(list.value.keys.map(({ person }) => person))];
  if (people.includes(name)) return { ok: true, value: name, problems: [] };
  const message = `proposer \`${name}\` is nobody in \`approval.signers\`: the proposer signs too`;
  const help = `write \`--proposer NAME\`, a name of ${people.length === 0 ? 'that file, which is empty' : people.slice(0, 6).join(', ')}`;
  return { ok: false, problems: [{ code: 'proposer-unknown', severity: 'error', message, help }] };
}

/** A setting of git here; undefined where there is none, or no git. */
export function gitSetting(name: string, ...options: readonly string[]): string | undefined {
  try {
    const text = execFileSync('git', ['config', ...options, '--get', name], {
      env: process.env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const value = text.toString('utf8').trim();
    return value === '' ? undefined : value;
  } catch {
    return undefined;
  }
}
