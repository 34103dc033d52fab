// `headgate serve`: runs the gateway until a signal ends it. All that can be wrong is found before anything is started.
import { availableParallelism } from 'node:os';
import { readConfiguration, type Configuration } from '../control/configuration.js';
import { guardProcess } from '../control/crash.js';
import { descriptorLimit } from '../control/descriptors.js';
import { Gateway, logWarnings } from '../control/gateway.js';
import { openLog } from '../control/log-sink.js';
import { StartFailure } from '../control/start-failure.js';
import { headgateVersion } from '../control/version.js';
import { forkedWorkers, workerInside, type Spawn } from '../control/worker-link.js';
import type { Log } from '../telemetry/log.js';
import { renderProblems } from '../document/render.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import { startProxy } from '../proxy/start.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal, Verb } from './terminal.js';

export const serveVerb: Verb = (program, terminal) => {
  program
    .command('serve')
    .description('run the gateway in the foreground; SIGHUP reloads the policy, SIGTERM and SIGINT drain')
    .requiredOption('--config <file>', 'the settings file')
    .action(({ config }: { config: string }) => serve(config, terminal));
};

async function serve(file: string, terminal: Terminal): Promise<void> {
  const machine = { processors: availableParallelism(), descriptors: descriptorLimit() };
  const folder = process.cwd();
  const { outcome, sources } = readConfiguration(file, { now: Date.now(), machine, folder });
  if (!outcome.ok) {
    terminal.err(renderProblems(outcome.problems, sources));
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const configuration = outcome.value;
  const log = openLog({ level: configuration.settings.log.level });
  guardProcess(log);
  logWarnings(log, outcome.problems);
  const gateway = new Gateway({
    configuration,
    spawn: spawnOf(configuration, log),
    log,
    version: headgateVersion(),
    clock: () => Date.now(),
    folder,
  });
  hookSignals(gateway);
  try {
    await gateway.start();
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    log.flush();
    terminal.err(renderProblems(error.problems, []));
    process.exit(EXIT_CODES.failed);
  }
}

function spawnOf({ settings }: Configuration, log: Log): Spawn {
  return settings.workers === 1 ? workerInside({ rulesetOf, startProxy }, log) : forkedWorkers();
}

/** A second signal to end does not wait for what is in flight. */
function hookSignals(gateway: Gateway): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) process.exit(EXIT_CODES.failed);
    isEnding = true;
    void gateway.drain().then(() => process.exit(EXIT_CODES.done));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', () => void gateway.reload());
}
