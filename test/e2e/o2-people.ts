// What people of the operator do on the O2 day, with the product's own verbs: propose, sign, lock down.
import { join, resolve } from 'node:path';
import { NEWS, type O2World } from './o2-world.js';
import { runProgram } from './program.js';

const MAIN = resolve('dist/cli/main.js');

/** From when to when something was done, milliseconds since the epoch. */
export type Spell = readonly [from: number, until: number];

export interface Approved {
  readonly proposed: Spell;
  readonly signed: Spell;
}

/** What lies on disk is proposed by `ops`, whose signature counts for nobody, and approved by `officer`. */
export async function approveWhatLies({ gateway, signers }: O2World): Promise<Approved> {
  const config = join(gateway.folder, 'headgate.yaml');
  const proposed = await spellOf(() =>
    verb(
      ...['propose', '--config', config, '--proposer', 'ops@operator.example'],
      ...['--reason', 'routine maintenance', '--ticket', 'CHG-2012'],
    ),
  );
  const file = /^wrote `([^`]+)`/m.exec(proposed.said)?.[1] ?? '';
  const signed = await spellOf(async () => {
    for (const who of ['ops', 'officer']) {
      await verb('approve', file, '--config', config, '--key', signers.key(who), '--confirm', String(NEWS.length));
    }
    return '';
  });
  return { proposed: proposed.spell, signed: signed.spell };
}

/** The partner that the maintenance added, by name and reason. */
export async function lockDown({ gateway }: O2World): Promise<Spell> {
  const config = join(gateway.folder, 'headgate.yaml');
  const { spell } = await spellOf(() =>
    verb(
      ...['lockdown', 'on', '--config', config, '--partner', 'news'],
      ...['--reason', 'INC-1 numbers reach websites', '--by', 'carol@operator.example'],
    ),
  );
  return spell;
}

async function spellOf(act: () => Promise<string>): Promise<{ readonly said: string; readonly spell: Spell }> {
  const from = Date.now();
  const said = await act();
  return { said, spell: [from, Date.now()] };
}

/** What a verb printed; rejects where it did not do it. */
export async function verb(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [MAIN, ...words]);
  if (code !== 0) throw new Error(`headgate ${words.join(' ')}: ${String(code)}: ${stdout}${stderr}`);
  // It was read byte by byte.
  return Buffer.from(stdout, 'latin1').toString('utf8');
}
