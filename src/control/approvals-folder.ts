// The folder of approvals as it lies on disk: every text and the signatures beside it. It judges nothing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ApprovalFile } from '../change/approvals.js';
import type { Outcome } from '../document/problem.js';
import { readSource } from './text-file.js';

/** What an approval’s file is called; signatures are called so too, with `.sig` and whatever follows. */
export const APPROVAL_SUFFIX = '.approval.yaml';

/** More are a mistake, and would be read at every reload. */
const FILES_MOST = 2000;

/**
 * In the order of their names. A folder that is not there holds none. A signature that cannot be read is left out: it could only have
 * added consent; so is a text that cannot be read, with a problem that says so.
 */
export function readApprovalsFolder(folder: string): Outcome<readonly ApprovalFile[]> {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ok: true, value: [], problems: [] };
    const message = `cannot read the approvals in \`${folder}\`: ${(error as NodeJS.ErrnoException).code ?? 'no reason given'}`;
    return { ok: false, problems: [{ code: 'file', severity: 'error', message }] };
  }
  if (names.length > FILES_MOST) {
    const message = `\`${folder}\` has ${names.length} files: at most ${FILES_MOST}`;
    const help = 'take out the approvals of older generations';
    return { ok: false, problems: [{ code: 'file', severity: 'error', message, help }] };
  }
  const files: ApprovalFile[] = [];
  const problems = [];
  for (const name of names.filter((each) => each.endsWith(APPROVAL_SUFFIX))) {
    const text = readSource(join(folder, name));
    if (!text.ok) {
      problems.push(...text.problems.map((problem) => ({ ...problem, severity: 'warning' as const })));
      continue;
    }
    const signatures = names
      .filter((each) => each.startsWith(`${name}.sig`))
      .flatMap((each) => {
        const signature = readSource(join(folder, each));
        return signature.ok ? [{ name: each, text: signature.value.text }] : [];
      });
    files.push({ name, text: text.value.text, signatures });
  }
  return { ok: true, value: files, problems };
}
