// The whole picture on loopback: an enricher, the gateway, and one mirror that stands for every site. Sends a few requests,
// says who received what, then stays for whoever wants to look. Prints no number whole.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMirror } from '../canary/mirror.js';
import type { IdentifyName } from '../canary/sighting.js';
import { countsOf } from './counts.js';
import { addedFields, startEnricher, type Enricher } from './enricher.js';
import { startGateway } from './gateway-process.js';
import { renderInvitation } from './invitation.js';
import { subscriberOf } from './subscriber.js';
import { renderTable, type Received } from './table.js';
import { VISITS, visit } from './visits.js';

export interface PictureOptions {
  /** The path of cli/main.js. */
  readonly main: string;
  readonly policyFile: string;
  /** The policy as the user would type it. */
  readonly policyShown: string;
  /** A verb of the program with its words, as the user would type it. */
  readonly typed: (words: readonly string[]) => string;
  readonly identify: IdentifyName;
  /** Where the gateway's settings, log and state are kept; null: a new folder that is removed at the end. */
  readonly folder: string | null;
  /** Ends after the table, on ports that the system chooses. */
  readonly once: boolean;
  /** Settles when the user wants the end (Ctrl-C). */
  readonly interrupted: Promise<void>;
  readonly print: (line: string) => void;
}

const PREFERRED = { enricher: 8080, gateway: 8081, mirror: 8082, metrics: 9464 };

/** The subscriber of the table: `curl --interface 127.0.0.42` is the same one. */
const SUBSCRIBER = '127.0.0.42';
/** Linux has the whole of 127.0.0.0/8; elsewhere only its first address is there, and a forger cannot be told apart. */
const MANY_ADDRESSES = process.platform === 'linux';
const ENRICHER = MANY_ADDRESSES ? '127.0.0.254' : '127.0.0.1';
const FORGED = '447700900999';

/** `preferred` where nobody has it, else 0: the system chooses. */
function portNear(preferred: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen({ host: '127.0.0.1', port: preferred }, () => server.close(() => resolve(preferred)));
  });
}

async function visitAll(enricher: Enricher, gatewayPort: number): Promise<readonly Received[]> {
  const received: Received[] = [];
  for (const { site, is, by, alsoAs } of VISITS) {
    if (by === 'forger' && !MANY_ADDRESSES) continue;
    enricher.alsoSendAs(alsoAs ?? null);
    const from = MANY_ADDRESSES ? SUBSCRIBER : '127.0.0.1';
    const sighting =
      by === 'forger'
        ? await visit(gatewayPort, site, { from, headers: ['X-MSISDN', FORGED] })
        : await visit(enricher.port, site, { from });
    received.push({ site, is, sighting });
  }
  enricher.alsoSendAs(null);
  return received;
}

/** Runs the demo to its end; rejects with one clear error where a part of it does not start. */
export async function showPicture(options: PictureOptions): Promise<void> {
  const { print, once } = options;
  const portFor = (preferred: number): Promise<number> => (once ? Promise.resolve(0) : portNear(preferred));
  const endings: (() => Promise<void>)[] = [];
  try {
    let { folder } = options;
    if (folder === null) {
      const own = await mkdtemp(join(tmpdir(), 'headgate-demo-'));
      endings.unshift(() => rm(own, { recursive: true, force: true }));
      folder = own;
    } else await mkdir(folder, { recursive: true });
    const mirror = await startMirror({
      host: '127.0.0.1',
      port: await portFor(PREFERRED.mirror),
      identify: options.identify,
      siteOf: (host) => VISITS.find(({ site, alsoAs }) => site === host && alsoAs === undefined)?.is ?? 'stranger',
    });
    endings.unshift(() => mirror.close());
    const gateway = await startGateway({
      main: options.main,
      folder,
      policyFile: options.policyFile,
      port: await portFor(PREFERRED.gateway),
      metricsPort: await portFor(PREFERRED.metrics),
      trusted: ENRICHER,
      mirrorPort: mirror.port,
    });
    endings.unshift(() => gateway.stop());
    const enricher = await startEnricher({
      port: await portFor(PREFERRED.enricher),
      gateway: { host: '127.0.0.1', port: gateway.port },
      sourceAddress: ENRICHER,
    });
    endings.unshift(() => enricher.close());

    const added = addedFields(subscriberOf(MANY_ADDRESSES ? SUBSCRIBER : '127.0.0.1'), null);
    const table = renderTable(await visitAll(enricher, gateway.port), added);
    const counts = await countsOf(gateway.metricsPort);
    for (const line of renderInvitation({
      table,
      counts,
      enricher,
      mirror,
      gateway,
      policyShown: options.policyShown,
      approvedBy: options.typed(gateway.approvedBy),
      approves: options.typed([
        ...['approve', '--config', gateway.settingsFile],
        ...['--reason', 'a look around', '--proposer', 'demo', '--yes'],
      ]),
      status: options.typed(['status', '--config', gateway.settingsFile]),
      once,
    })) {
      print(line);
    }
    if (once) return;
    const isInterrupted = options.interrupted.then(() => true);
    if (!(await Promise.race([isInterrupted, gateway.ended.then(() => false)])))
      throw new Error('the gateway ended by itself');
  } finally {
    for (const end of endings) await end();
  }
}
