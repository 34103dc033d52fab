// `headgate serve`: runs the gateway until a signal ends it. What is wrong with the settings is found before anything is started; what is
// wrong with the policy is the gate's to say.
import { availableParallelism } from 'node:os';
import { guardProcess } from '../control/crash.js';
import { descriptorLimit } from '../control/descriptors.js';
import { Gateway } from '../control/gateway.js';
import { judgeInThread } from '../control/judge-link.js';
import { openLog } from '../control/log-sink.js';
import { ServiceManager } from '../control/service-manager.js';
import { readSettings } from '../control/settings-file.js';
import { StartFailure } from '../control/start-failure.js';
import { readSource } from '../control/text-file.js';
import { headgateVersion } from '../control/version.js';
import { forkedWorkers } from '../control/worker-link.js';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal, Verb } from './terminal.js';

export const serveVerb: Verb = (program, terminal) => {
  program
    .command('serve')
    .description('run the gateway in the foreground; SIGHUP judges what lies on disk, SIGTERM and SIGINT drain')
    .requiredOption('--config <file>', 'the settings file')
    .action(({ config }: { config: string }) => serve(config, terminal));
};

async function serve(file: string, terminal: Terminal): Promise<void> {
  const machine = { processors: availableParallelism(), descriptors: descriptorLimit() };
  const source = readSource(file);
  const settings = source.ok ? readSettings(source.value, machine) : source;
  if (!source.ok || !settings.ok) {
    terminal.err(renderProblems(settings.problems, source.ok ? [source.value] : []));
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const log = openLog({ level: settings.value.log.level });
  guardProcess(log);
  const gateway = new Gateway({
    file,
    settings: settings.value,
    machine,
    judge: judgeInThread(),
    spawn: forkedWorkers(settings.value.workers),
    log,
    version: headgateVersion(),
    clock: () => Date.now(),
    folder: process.cwd(),
  });
  const manager = new ServiceManager({ environment: process.env, readiness: gateway.readiness, log });
  hookSignals(gateway, { manager, drainTimeoutMs: settings.value.limits.drainTimeoutMs });
  try {
    await gateway.start();
    manager.begin();
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    log.flush();
    terminal.err(error.text ?? renderProblems(error.problems, []));
    process.exit(EXIT_CODES.failed);
  }
}

/** A second signal to end does not wait for what is in flight. */
function hookSignals(
  gateway: Gateway,
  { manager, drainTimeoutMs }: { manager: ServiceManager; drainTimeoutMs: number },
): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) process.exit(EXIT_CODES.failed);
    isEnding = true;
    manager.stopping(drainTimeoutMs);
    void gateway.drain().then(() => process.exit(EXIT_CODES.done));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', () => manager.reloading(gateway.reload('signal')));
}
