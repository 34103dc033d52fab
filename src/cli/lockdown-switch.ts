// Writes the switch file LOCKDOWN, for a gateway that cannot be asked: src/control/lockdown-file.ts reads it. INVARIANT: no reader
// sees less of a lockdown than before, and none takes half a line for a lockdown of everyone (test/cli/lockdown.test.ts).
import { appendFileSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../control/start-failure.js';
import { redactText } from '../telemetry/redaction.js';

/** Its name in the state folder. */
export const LOCKDOWN_FILE = 'LOCKDOWN';

export interface SwitchOrder {
  /** A partner's id; null: everyone. */
  readonly partner: string | null;
  /** Who and why, for whoever reads the file; runs of digits that could be a number are not written. */
  readonly remark: string;
}

export interface Switched {
  readonly file: string;
  /** `there`: the file said so already; nothing was written. */
  readonly outcome: 'written' | 'there' | { readonly failure: string };
}

/** Adds a line to the file, or makes it. */
export function switchOn(stateFolder: string, order: SwitchOrder): Switched {
  const file = join(stateFolder, LOCKDOWN_FILE);
  try {
    const old = readOld(file);
    if (old === undefined) {
      create(file, lineFor(order));
    } else {
      if (saysAlready(old, order.partner)) return { file, outcome: 'there' };
      appendFileSync(file, `${old.endsWith('\n') ? '' : '\n'}${lineFor(order)}`);
    }
    return { file, outcome: 'written' };
  } catch (error) {
    return { file, outcome: { failure: `cannot write \`${file}\`: ${reasonOf(error)}` } };
  }
}

/** Whatever the remark holds, it stays one line. */
function lineFor({ partner, remark }: SwitchOrder): string {
  const words = redactText(remark).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  return `${partner ?? 'all'} # ${words}\n`;
}

/** A file without a word is everyone: a line for one partner would make it less. */
function saysAlready(text: string, partner: string | null): boolean {
  const words = text
    .split('\n')
    .map((line) => line.replace(/#.*$/s, '').trim())
    .filter((word) => word !== '');
  return words.length === 0 || words.includes('all') || (partner !== null && words.includes(partner));
}

function readOld(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole from its first moment, and readable for the gateway, whoever makes it. */
function create(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o644 });
    linkSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
