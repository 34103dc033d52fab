// Files as a revision of git has them: `git:REV:PATH`, the path counted from here. Changes nothing and asks no other machine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, relative } from 'node:path';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';

export interface Revision {
  /** Called as it was named. */
  readonly source: Source;
  /** The folder of the file, from here. */
  readonly folder: string;
  /** Another file as that revision has it; one outside the repository as it lies now. Throws where there is none. */
  read(file: string): Buffer;
}

export function readRevision(name: string): Outcome<Revision> {
  const [, revision = '', path = ''] = /^git:([^:]*):(.*)$/s.exec(name) ?? [];
  if (revision === '' || path === '' || revision.startsWith('-') || isAbsolute(path)) {
    const help = 'for example `git:main:config/policy.yaml`';
    return refused(`\`${name}\` names no file in git: it takes \`git:REV:PATH\``, help);
  }
  try {
    const text = show(revision, path).toString('utf8');
    const value: Revision = {
      source: { file: name, text },
      folder: dirname(path),
      read: (file) => (isInRepository(file) ? show(revision, relative(process.cwd(), file)) : readFileSync(file)),
    };
    return { ok: true, value, problems: [] };
  } catch (error) {
    return refused(`cannot read \`${name}\`: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

/** Throws what git said, in one line. */
function show(revision: string, path: string): Buffer {
  // `./`: the path counts from here, not from the top of the repository.
  return git('show', `${revision}:./${path.replace(/^\.\//, '')}`);
}

function isInRepository(file: string): boolean {
  const top = git('rev-parse', '--show-toplevel').toString('utf8').trim();
  return !relative(top, file).startsWith('..');
}

function git(...words: readonly string[]): Buffer {
  try {
    return execFileSync('git', words, { maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr } = error as { readonly stderr?: Buffer | null };
    const said = (stderr?.toString('utf8') ?? '').split('\n')[0] ?? '';
    // Whoever reads a file through this says `no such file`.
    throw Object.assign(new Error(said === '' ? 'git cannot be run' : said, { cause: error }), { code: 'ENOENT' });
  }
}

function refused(message: string, help?: string): Outcome<never> {
  const problem = { code: 'source-git', severity: 'error', message } as const;
  return { ok: false, problems: [help === undefined ? problem : { ...problem, help }] };
}
