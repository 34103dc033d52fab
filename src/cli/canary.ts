// `headgate canary`: planted numbers through the real path, on a schedule or once. Prints hosts, names and reasons, never a value.
import { CanaryCounts } from '../canary/canary-counts.js';
import { readCanarySettings, type CanarySettings } from '../canary/canary-settings.js';
import { Canary, type Round } from '../canary/canary.js';
import { renderRound, roundCode } from '../canary/render-round.js';
import { rulesOf, type Rules } from '../canary/rules.js';
import { openLog } from '../control/log-sink.js';
import { plainMetricsText } from '../control/metrics-registry.js';
import { startMetricsServer, type MetricsServer } from '../control/metrics-server.js';
import { StartFailure } from '../control/start-failure.js';
import { readSource } from '../control/text-file.js';
import { headgateVersion } from '../control/version.js';
import type { Outcome } from '../document/problem.js';
import { renderProblems } from '../document/render.js';
import { compilePolicy } from '../policy/compile.js';
import type { Log } from '../telemetry/log.js';
import { CANARY_METRICS } from '../telemetry/outside-metrics.js';
import { EXIT_CODES } from './exit-codes.js';
import { readLive } from './live-policy.js';
import type { Terminal, Verb } from './terminal.js';

export const canaryVerb: Verb = (program, terminal) => {
  program
    .command('canary')
    .description('send planted numbers through the real path and see that they do not arrive; until Ctrl-C')
    .requiredOption('--config <file>', 'what it asks, and how: canary.yaml')
    .option('--once', 'one round: exit code 5 where something leaked, 1 where it could not see')
    .action(async ({ config, once = false }: { config: string; once?: boolean }) => {
      const source = readSource(config);
      const settings = source.ok ? readCanarySettings(source.value) : source;
      if (!settings.ok || !source.ok) {
        terminal.err(renderProblems(settings.problems, source.ok ? [source.value] : []));
        return terminal.end(EXIT_CODES.failed);
      }
      await (once ? runOnce(settings.value, terminal) : runOn(settings.value, terminal));
    });
};

function canaryFor(settings: CanarySettings): Canary {
  const { policy, live } = settings;
  return new Canary({
    settings,
    agreed: policy === undefined ? null : () => readAgreed(policy),
    live:
      live === undefined
        ? null
        : async () => {
            const tokens: Record<string, string> = live.token === undefined ? {} : { read: live.token };
            const read = await readLive({ address: live.admin, tokens });
            return read.ok ? rules(read.value) : read;
          },
    clock: () => Date.now(),
  });
}

function rules({ policy, digest }: { policy: Parameters<typeof rulesOf>[0]; digest: string }): Outcome<Rules> {
  return { ok: true, value: rulesOf(policy, digest), problems: [] };
}

function readAgreed(file: string): Outcome<Rules> {
  const source = readSource(file);
  const compiled = source.ok ? compilePolicy(source.value, { now: Date.now() }) : source;
  return compiled.ok ? rules(compiled.value) : compiled;
}

async function runOnce(settings: CanarySettings, terminal: Terminal): Promise<void> {
  const round = await canaryFor(settings).round();
  terminal.out(renderRound(round));
  terminal.end({ fine: EXIT_CODES.done, broken: EXIT_CODES.failed, leak: EXIT_CODES.leak }[roundCode(round)]);
}

async function runOn(settings: CanarySettings, terminal: Terminal): Promise<void> {
  const log = openLog({ level: 'info' });
  const canary = canaryFor(settings);
  const counts = new CanaryCounts(canary.probes);
  let last: Round | undefined;
  let server: MetricsServer | undefined;
  try {
    if (settings.metrics !== null) {
      server = await startMetricsServer({
        address: settings.metrics,
        scrape: plainMetricsText(CANARY_METRICS, () => counts.samples()),
        readiness: () => {
          const code = last === undefined ? 'not asked yet' : roundCode(last);
          return { ready: code === 'fine' || code === 'leak', body: code };
        },
        version: () => ({ version: headgateVersion() }),
      });
      const { host, port } = server.address;
      log.info('metrics-listening', 'the metrics are served', { address: host, port });
    }
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    log.flush();
    terminal.err(renderProblems(error.problems, []));
    return terminal.end(EXIT_CODES.failed);
  }
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
  while (!end.signal.aborted) {
    const startedMs = performance.now();
    last = await canary.round();
    if (last.isAsked) counts.add(last.reports, last.boundaryHosts, Date.now());
    else counts.fail();
    tell(log, last);
    await pause(settings.every - (performance.now() - startedMs), end.signal);
  }
  server?.close();
  log.flush();
  terminal.end(EXIT_CODES.done);
}

function tell(log: Log, round: Round): void {
  if (!round.isAsked) {
    log.error('canary-broken', 'the canary could not ask', { cause: 'rules', problems: round.problems });
    return;
  }
  for (const { probe, outcome, leaks, why } of round.reports) {
    for (const { host, what, names } of leaks)
      log.error('canary-leak', `a planted number arrived: ${what}`, { cause: probe, probe, host, fields: names });
    if (outcome === 'broken')
      log.error('canary-broken', 'the canary cannot see', { cause: probe, probe, problems: why });
  }
  const asked = round.reports.reduce((sum, report) => sum + report.asked, 0);
  log.info('canary-round', `a round ended: ${roundCode(round)}`, {
    requests: asked,
    boundaryHosts: round.boundaryHosts,
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((settle) => {
    if (signal.aborted) return settle();
    const timer = setTimeout(settle, Math.max(0, ms));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      settle();
    });
  });
}
