// The command line: its verbs, and how wrong usage ends. Every verb is a file of its own; a new one is a line in VERBS.
import { Command, CommanderError } from 'commander';
import { headgateVersion } from '../control/version.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal, Verb } from './terminal.js';

/**
 * By name, in the order of the help. Only the verb that is asked for is loaded: all of them cost each start half a second of a
 * processor, `version` alone a tenth.
 */
const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  serve: async () => (await import('./serve.js')).serveVerb,
  status: async () => (await import('./status.js')).statusVerb,
  fleet: async () => (await import('./fleet.js')).fleetVerb,
  reload: async () => (await import('./reload.js')).reloadVerb,
  lockdown: async () => (await import('./lockdown.js')).lockdownVerb,
  leaks: async () => (await import('./leaks.js')).leaksVerb,
  headers: async () => (await import('./headers.js')).headersVerb,
  check: async () => (await import('./check.js')).checkVerb,
  diff: async () => (await import('./diff.js')).diffVerb,
  propose: async () => (await import('./propose.js')).proposeVerb,
  approve: async () => (await import('./approve.js')).approveVerb,
  approvals: async () => (await import('./approvals.js')).approvalsVerb,
  history: async () => (await import('./history.js')).historyVerb,
  exposure: async () => (await import('./exposure.js')).exposureVerb,
  explain: async () => (await import('./explain.js')).explainVerb,
  replay: async () => (await import('./replay.js')).replayVerb,
  test: async () => (await import('./test.js')).testVerb,
  fmt: async () => (await import('./fmt.js')).fmtVerb,
  renew: async () => (await import('./renew.js')).renewVerb,
  rollback: async () => (await import('./rollback.js')).rollbackVerb,
  report: async () => (await import('./report.js')).reportVerb,
  drill: async () => (await import('./drill.js')).drillVerb,
  recipients: async () => (await import('./recipients.js')).recipientsVerb,
  catalogue: async () => (await import('./catalogue.js')).catalogueVerb,
  mirror: async () => (await import('./mirror.js')).mirrorVerb,
  canary: async () => (await import('./canary.js')).canaryVerb,
  schema: async () => (await import('./schema.js')).schemaVerb,
  demo: async () => (await import('./demo.js')).demoVerb,
  version: async () => (await import('./version.js')).versionVerb,
};

/** Runs one command line (without the program's own name) and resolves when its verb has returned; `serve` then goes on. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<void> {
  const program = new Command('headgate')
    .description('decides who receives subscriber identity: partners on the allowlist, and nobody else')
    .version(headgateVersion(), '--version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  const [first = ''] = words;
  const asked = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
  for (const load of asked === undefined ? Object.values(VERBS) : [asked]) (await load())(program, terminal);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for and the version end well; commander has printed already.
    terminal.end(error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage);
  }
}
