// Debian's Prometheus and Alertmanager with the shipped rules and examples, and a pager: what the operator's own watch is. Only
// addresses, ports and the scrape interval of the examples are replaced.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ALERTMANAGER_FILE, RULES_FILE, SCRAPE_FILE } from '../alerts/shipped.js';
import { programPath } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { fetchText } from '../wire/harness/scrape.js';
import { freePort, startProgram, type Running } from './program.js';

export interface Notice {
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
  /** `page`, `ticket` or `info`: the receiver. */
  readonly to: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What rings: an HTTP server that takes Alertmanager's webhooks. */
export class Pager {
  readonly notices: Notice[] = [];
  /** Every body, as it came. */
  heard = '';
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const at = performance.now();
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        response.end();
        this.heard += body;
        const { alerts } = JSON.parse(body) as { readonly alerts: readonly Omit<Notice, 'at' | 'to'>[] };
        this.notices.push(...alerts.map((alert) => ({ ...alert, at, to: (request.url ?? '').slice(1) })));
      });
    });
  }

  static async start(): Promise<Pager> {
    const pager = new Pager();
    await new Promise<void>((resolve) => pager.#server.listen(0, '127.0.0.1', resolve));
    return pager;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The first notice of an alert that rings, and whose labels have these. */
  find(alertname: string, labels: Readonly<Record<string, string>> = {}): Notice | undefined {
    return this.notices.find(
      (notice) =>
        notice.status === 'firing' &&
        notice.labels['alertname'] === alertname &&
        Object.entries(labels).every(([label, value]) => notice.labels[label] === value),
    );
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export interface WatchOptions {
  readonly folder: string;
  readonly pager: Pager;
  /** By job of the scrape example: targets as `host:port`, each by its site. Other jobs are left out. */
  readonly targets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** As Prometheus writes it, for example `5s`. */
  readonly scrapeInterval: string;
}

export class Watch {
  readonly #port: number;
  readonly #running: readonly Running[];

  private constructor(port: number, running: readonly Running[]) {
    this.#port = port;
    this.#running = running;
  }

  static async start({ folder, pager, targets, scrapeInterval }: WatchOptions): Promise<Watch> {
    mkdirSync(folder, { recursive: true });
    const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
    const route = readFileSync(ALERTMANAGER_FILE, 'utf8').replaceAll('127.0.0.1:9099', `127.0.0.1:${pager.port}`);
    writeFileSync(join(folder, 'alertmanager.yml'), route);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      scrapeConfiguration({ targets, scrapeInterval, alertmanager: `127.0.0.1:${alertmanagerPort}` }),
    );
    const alertmanager = await startProgram(
      programPath('prometheus-alertmanager'),
      [
        `--config.file=${join(folder, 'alertmanager.yml')}`,
        `--storage.path=${join(folder, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
        '--cluster.listen-address=',
      ],
      alertmanagerPort,
    );
    try {
      const prometheus = await startProgram(
        programPath('prometheus'),
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'prometheus')}`,
          `--web.listen-address=127.0.0.1:${prometheusPort}`,
        ],
        prometheusPort,
      );
      const isReady = async (): Promise<boolean> => (await fetchText(prometheusPort, '/-/ready')).status === 200;
      await eventually('Prometheus to be ready', isReady, 30_000);
      return new Watch(prometheusPort, [prometheus, alertmanager]);
    } catch (error) {
      await alertmanager.stop();
      throw error;
    }
  }

  /** The samples of an instant query: labels and value. */
  async query(
    expr: string,
  ): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]> {
    const { status, body } = await fetchText(this.#port, `/api/v1/query?query=${encodeURIComponent(expr)}`);
    if (status !== 200) throw new Error(`${expr}: ${body}`);
    const { data } = JSON.parse(body) as {
      readonly data: {
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly value: readonly [number, string];
        }[];
      };
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async stop(): Promise<void> {
    for (const program of this.#running) await program.stop();
  }
}

/** The example with the targets of a test; JSON is YAML. */
function scrapeConfiguration({
  targets,
  scrapeInterval,
  alertmanager,
}: Pick<WatchOptions, 'targets' | 'scrapeInterval'> & { readonly alertmanager: string }): string {
  const example = parse(readFileSync(SCRAPE_FILE, 'utf8')) as {
    readonly global: object;
    readonly scrape_configs: readonly { readonly job_name: string }[];
  };
  return JSON.stringify({
    ...example,
    // Ten seconds are Prometheus' own, and no more than the interval: a scrape that is given up early ends what alerts wait for.
    global: {
      ...example.global,
      scrape_interval: scrapeInterval,
      scrape_timeout: `${String(Math.min(10, Number.parseInt(scrapeInterval, 10)))}s`,
    },
    rule_files: [RULES_FILE],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: example.scrape_configs.flatMap((job) => {
      const own = targets[job.job_name];
      if (own === undefined) return [];
      const configs = Object.entries(own).map(([site, hosts]) => ({ targets: hosts, labels: { site } }));
      return [{ ...job, static_configs: configs }];
    }),
  });
}
