// The command line: its verbs, and how wrong usage ends. Every verb is a file of its own; a new one is a line in VERBS.
import { Command, CommanderError } from 'commander';
import { headgateVersion } from '../control/version.js';
import { approvalsVerb } from './approvals.js';
import { approveVerb } from './approve.js';
import { canaryVerb } from './canary.js';
import { catalogueVerb } from './catalogue.js';
import { checkVerb } from './check.js';
import { demoVerb } from './demo.js';
import { diffVerb } from './diff.js';
import { EXIT_CODES } from './exit-codes.js';
import { drillVerb } from './drill.js';
import { explainVerb } from './explain.js';
import { exposureVerb } from './exposure.js';
import { fleetVerb } from './fleet.js';
import { fmtVerb } from './fmt.js';
import { headersVerb } from './headers.js';
import { historyVerb } from './history.js';
import { leaksVerb } from './leaks.js';
import { lockdownVerb } from './lockdown.js';
import { mirrorVerb } from './mirror.js';
import { proposeVerb } from './propose.js';
import { recipientsVerb } from './recipients.js';
import { reloadVerb } from './reload.js';
import { replayVerb } from './replay.js';
import { renewVerb } from './renew.js';
import { reportVerb } from './report.js';
import { rollbackVerb } from './rollback.js';
import { schemaVerb } from './schema.js';
import { serveVerb } from './serve.js';
import { statusVerb } from './status.js';
import type { Terminal, Verb } from './terminal.js';
import { testVerb } from './test.js';
import { versionVerb } from './version.js';

const VERBS: readonly Verb[] = [
  serveVerb,
  statusVerb,
  fleetVerb,
  reloadVerb,
  lockdownVerb,
  leaksVerb,
  headersVerb,
  checkVerb,
  diffVerb,
  proposeVerb,
  approveVerb,
  approvalsVerb,
  historyVerb,
  exposureVerb,
  explainVerb,
  replayVerb,
  testVerb,
  fmtVerb,
  renewVerb,
  rollbackVerb,
  reportVerb,
  drillVerb,
  recipientsVerb,
  catalogueVerb,
  mirrorVerb,
  canaryVerb,
  schemaVerb,
  demoVerb,
  versionVerb,
];

/** Runs one command line (without the program's own name) and resolves when its verb has returned; `serve` then goes on. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<void> {
  const program = new Command('headgate')
    .description('decides who receives subscriber identity: partners on the allowlist, and nobody else')
    .version(headgateVersion(), '--version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  for (const verb of VERBS) verb(program, terminal);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for and the version end well; commander has printed already.
    terminal.end(error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage);
  }
}
