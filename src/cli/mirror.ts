// `headgate mirror`: the dummy website. For phones and canaries; it carries nothing and keeps nothing.
import { MirrorCounts } from '../canary/mirror-counts.js';
import { startMirror } from '../canary/mirror.js';
import { shapesOf } from '../canary/number-shape.js';
import { releaseAt, rulesOf, type Rules } from '../canary/rules.js';
import type { Knowledge } from '../canary/sighting.js';
import { plainMetricsText } from '../control/metrics-registry.js';
import { renderListenAddress, startMetricsServer, type MetricsServer } from '../control/metrics-server.js';
import { listenAddress } from '../control/setting-scalars.js';
import { reasonOf, StartFailure } from '../control/start-failure.js';
import { headgateVersion } from '../control/version.js';
import { renderProblems } from '../document/render.js';
import { parseAuthority } from '../names/authority.js';
import { identifierOf } from '../policy/identify.js';
import { MIRROR_METRICS } from '../telemetry/outside-metrics.js';
import { EXIT_CODES } from './exit-codes.js';
import { readPolicyFor } from './policy-in-hand.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly listen: string;
  readonly metrics: string;
  readonly policy?: string;
}

export const mirrorVerb: Verb = (program, terminal) => {
  program
    .command('mirror')
    .description('show whoever asks what reached a website of them; until Ctrl-C')
    .option('--listen <address>', 'where the page is served', '127.0.0.1:8088')
    .option('--metrics <address>', 'where its metrics are served; `off` for nowhere', '127.0.0.1:9466')
    .option(
      '--policy <file>',
      'tells what is released from what escaped, and knows the names and numbers of this network',
    )
    .action((options: Options) => run(options, terminal));
};

async function run({ listen, metrics, policy }: Options, terminal: Terminal): Promise<void> {
  const page = listenAddress.safeParse(listen);
  const scraped = metrics === 'off' ? null : listenAddress.safeParse(metrics);
  const wrong = [page, scraped].find((each) => each?.success === false)?.error?.issues[0]?.message;
  if (!page.success || scraped?.success === false) {
    terminal.err(`error: ${wrong ?? 'an address is wrong'}\n`);
    return terminal.end(EXIT_CODES.usage);
  }
  let knowledge: Knowledge = { identify: identifierOf([]) };
  if (policy !== undefined) {
    const read = readPolicyFor(policy, Date.now(), terminal);
    if (read === undefined) return;
    knowledge = knowledgeOf(rulesOf(read.compiled.policy, read.compiled.digest));
  }
  const counts = new MirrorCounts();
  const { host } = page.data;
  let watched: MetricsServer | undefined;
  try {
    watched =
      scraped === null
        ? undefined
        : await startMetricsServer({
            address: scraped.data,
            scrape: plainMetricsText(MIRROR_METRICS, () => counts.samples()),
            readiness: () => ({ ready: true, body: 'ready' }),
            version: () => ({ version: headgateVersion() }),
          });
    const mirror = await startMirror({
      ...knowledge,
      host,
      port: page.data.port,
      onSighting: (sighting) => counts.add(sighting),
    });
    terminal.out(`mirror: http://${renderListenAddress({ host, port: mirror.port })}/\n`);
    if (watched !== undefined) terminal.out(`metrics: http://${renderListenAddress(watched.address)}/metrics\n`);
    await new Promise<void>((settle) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => settle());
    });
    await mirror.close();
    terminal.end(EXIT_CODES.done);
  } catch (error) {
    const place = renderListenAddress(page.data);
    terminal.err(
      error instanceof StartFailure
        ? renderProblems(error.problems, [])
        : `error: cannot listen on \`${place}\`: ${reasonOf(error)}\n`,
    );
    terminal.end(EXIT_CODES.failed);
  } finally {
    watched?.close();
  }
}

/** Whatever the listener was: the mirror does not see it. */
function knowledgeOf(rules: Rules): Knowledge {
  return {
    identify: (name) => rules.ruleset.identify(name),
    identifyValue: shapesOf(rules.policy.numbers),
    standingOf: (host, name) => {
      const nowMs = Date.now();
      const key = rules.ruleset.identify(name)?.key ?? '';
      if (rules.ruleset.isWatched(key, [nowMs], 0)) return 'usual';
      const authority = parseAuthority(host, 80);
      const release = authority === undefined ? undefined : releaseAt(rules, authority, { listener: null, nowMs });
      return release?.rules.has(key) === true ? 'released' : 'escaped';
    },
  };
}
