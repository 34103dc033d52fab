// Starts the built product as an operator would, on ports that it chooses, and keeps all that it writes for the last search.
// The product is a black box here: a settings file, a policy file, sockets, signals, its log and its metrics.
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeBaseline } from '../../control/baseline.js';
import { eventually } from './deadline.js';
import type { Origin } from './origin.js';
import { PATHS, type Path } from './paths.js';
import { connectionsOf } from './process-view.js';
import { fetchText, parseSamples, total, type Samples } from './scrape.js';

export interface GatewayOptions {
  /** Names the folders; a kebab-case word. */
  readonly name: string;
  /** Default: `PATHS`. */
  readonly paths?: readonly Path[];
  /**
   * Accepted sockets are read by their events, and the process has too little address space for a program in WebAssembly, so that heads are
   * read byte by byte; default: as the product chooses.
   */
  readonly isPublic?: boolean;
  readonly policy: string;
  /** Over the defaults of the suite, by top-level key. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further files beside the settings, by name (keys, certificates). */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Whether a baseline lies beside the policy; default true. One of a policy that does not compile cannot be written. */
  readonly isApproved?: boolean;
  /** Signs that baseline, whose file it is given, before the program starts; default: nobody does. */
  readonly sign?: (file: string) => void;
  /** The program that is run; default: what was built. */
  readonly main?: string;
}

interface Line {
  readonly event?: string;
  readonly [field: string]: unknown;
}

const MAIN = resolve('dist/cli/main.js');
/** Bytes. The engine asks for ten gibibytes of addresses for a memory of a program in WebAssembly, and for less than two for all else. */
const SMALL_SPACE = 8 * 1024 ** 3;
/** What the product writes; searched last for every test number. Nothing else may be put here. */
export const WRITTEN = resolve('build/written');
let started = 0;

export class Gateway {
  readonly child: ChildProcess;
  /** Where its settings, policy and keys lie. */
  readonly folder: string;
  /** Where what it wrote lies. */
  readonly written: string;
  readonly lines: Line[] = [];
  /** Standard output and error, whole. */
  output = '';
  private readonly exits: Promise<number | null>;
  private hasExited = false;
  private generation = 1;
  private settings: Readonly<Record<string, unknown>> = {};

  private constructor(child: ChildProcess, folder: string, written: string) {
    this.child = child;
    this.folder = folder;
    this.written = written;
    this.exits = new Promise((settle) => {
      // Not `exit`: by then the last lines may not have been read.
      child.once('close', (code: number | null) => {
        this.hasExited = true;
        settle(code);
      });
    });
    let rest = '';
    const stdout = createWriteStream(join(written, 'stdout.log'));
    const stderr = createWriteStream(join(written, 'stderr.log'));
    child.stdout?.on('data', (bytes: Buffer) => {
      stdout.write(bytes);
      this.output += bytes.toString('latin1');
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.lines.push(parseLine(line));
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      stderr.write(bytes);
      this.output += bytes.toString('latin1');
    });
  }

  /** Starts without waiting: for cases about a start that fails. */
  static launch(options: GatewayOptions): Gateway {
    if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is missing: run `npm run build`');
    started += 1;
    const name = `${options.name}-${process.pid}-${started}`;
    const folder = resolve('build/wire', name);
    const written = join(WRITTEN, name);
    for (const path of [folder, join(written, 'state')]) mkdirSync(path, { recursive: true });
    for (const [file, content] of Object.entries(options.files ?? {})) writeFileSync(join(folder, file), content);
    writeFileSync(join(folder, 'policy.yaml'), options.policy);
    const settings = {
      listeners: [{ name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8', '::1/128'], trust: 'path' }],
      metrics: { address: '127.0.0.1:0' },
      policy: 'policy.yaml',
      state: join(written, 'state'),
      paths: options.paths ?? PATHS,
      skew: '0s',
      log: { level: 'debug' },
      approval: { required: 0 },
      ...options.settings,
    };
    const file = join(folder, 'headgate.yaml');
    writeFileSync(file, JSON.stringify(settings, null, 2));
    const baseline = options.isApproved === false ? null : writeBaseline(file);
    if (baseline !== null) options.sign?.(baseline);
    const isPublic = options.isPublic === true;
    const env = { ...process.env, ...(isPublic ? { HEADGATE_PUBLIC_API: '1' } : {}) };
    const limited = isPublic ? ['prlimit', `--as=${SMALL_SPACE}`] : [];
    const [program = '', ...words] = [...limited, process.execPath, options.main ?? MAIN, 'serve', '--config', file];
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    const gateway = new Gateway(child, folder, written);
    gateway.settings = settings;
    return gateway;
  }

  /** Resolves when it says that it is ready. */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const gateway = Gateway.launch(options);
    try {
      await eventually('the gateway to be ready', () => gateway.isReady(), 30_000);
    } catch (error) {
      gateway.child.kill('SIGKILL');
      throw new Error(`${String(error)}; it wrote: ${gateway.output.slice(0, 4000)}`, { cause: error });
    }
    return gateway;
  }

  async isReady(): Promise<boolean> {
    if (this.hasExited) throw new Error('the gateway has exited');
    if (this.find('metrics-listening') === undefined || this.find('listening') === undefined) return false;
    return (await fetchText(this.metricsPort, '/readyz')).status === 200;
  }

  /** The first line of an event whose field `listener` is the one given, where one is given. */
  find(event: string, listener?: string): Line | undefined {
    return this.lines.find((line) => line.event === event && (listener === undefined || line['listener'] === listener));
  }

  /** Where its state lies, which stays when it ended. */
  get stateFolder(): string {
    return String(this.settings['state']);
  }

  /** The port of a listener; the first one's by default. */
  port(listener?: string): number {
    return Number(this.find('listening', listener)?.['port']);
  }

  get metricsPort(): number {
    return Number(this.find('metrics-listening')?.['port']);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isAlive(): boolean {
    return !this.hasExited;
  }

  async metrics(): Promise<Samples> {
    return parseSamples((await fetchText(this.metricsPort, '/metrics')).body);
  }

  /** Replaces the policy file, approves it whole in a new generation, and says so with SIGHUP; resolves with what came of it. */
  async reload(policy: string): Promise<'replaced' | 'refused'> {
    writeFileSync(join(this.folder, 'policy.yaml'), policy);
    return this.approve();
  }

  /** The same with other settings, over those that it began with, by top-level key. */
  async resettle(settings: Readonly<Record<string, unknown>>): Promise<'replaced' | 'refused'> {
    writeFileSync(join(this.folder, 'headgate.yaml'), JSON.stringify({ ...this.settings, ...settings }, null, 2));
    return this.approve();
  }

  private approve(): Promise<'replaced' | 'refused'> {
    this.generation += 1;
    writeBaseline(join(this.folder, 'headgate.yaml'), { generation: this.generation });
    return this.hangUp();
  }

  /** Replaces the policy file by one that nobody approved; why it was refused, null where it was not. */
  async offer(policy: string | Uint8Array): Promise<unknown> {
    writeFileSync(join(this.folder, 'policy.yaml'), policy);
    return (await this.hangUp()) === 'refused' ? this.judged().at(-1)?.['cause'] : null;
  }

  /**
   * SIGHUP with whatever lies on disk now. Resolves when that was judged and, where it was let through, is in force; what the
   * gateway sees of the files by itself is another judgement, and no answer to this one.
   */
  async hangUp(): Promise<'replaced' | 'refused'> {
    const before = this.judged().length;
    this.child.kill('SIGHUP');
    await eventually('what lies on disk to be judged', () => this.judged().length > before);
    const outcome = this.judged()[before]?.event === 'policy-not-replaced' ? 'refused' : 'replaced';
    const counted = total(await this.metrics(), 'headgate_policy_reloads_total', `outcome="${outcome}"`);
    const said = this.judged().filter((line) => (line.event === 'policy-not-replaced') === (outcome === 'refused'));
    if (counted < said.length) throw new Error(`${said.length} reloads were ${outcome}, ${counted} of them counted`);
    return outcome;
  }

  /** What came of each SIGHUP, in order. */
  private judged(): readonly Line[] {
    return this.lines.filter(
      ({ event = '', way }) =>
        way === 'signal' && ['policy-admitted', 'policy-unchanged', 'policy-not-replaced'].includes(event),
    );
  }

  /** Resolves with the exit code, null where a signal ended it. */
  async exit(ms = 40_000): Promise<number | null> {
    await eventually('the gateway to exit', () => this.hasExited, ms);
    return this.exits;
  }

  /**
   * Resolves when it holds no TCP connection any more, the origins closing theirs all the while (requests that a client
   * left behind may still open new ones). What never ends is told by local port, remote port and state.
   */
  async endsConnections(origins: readonly Origin[] = []): Promise<void> {
    const end = async (): Promise<boolean> => {
      for (const origin of origins) await origin.closeConnections();
      return connectionsOf(this.pid).length === 0;
    };
    await eventually('connections to end', end, 15_000).catch((error: unknown) => {
      const left = connectionsOf(this.pid).join(', ');
      this.child.kill('SIGKILL');
      throw new Error(`connections that never ended (local, remote, state): ${left}`, { cause: error });
    });
  }

  /** Keeps bytes that the product wrote elsewhere (an answer to a client) for the last search. */
  keep(file: string, bytes: string): void {
    writeFileSync(join(this.written, file), bytes, { flag: 'a', encoding: 'latin1' });
  }

  /** Keeps the last metrics, asks it to end and waits for it. Rejects when it died on its own before. */
  async stop(): Promise<void> {
    if (this.hasExited) throw new Error(`the gateway died: ${this.output.slice(-4000)}`);
    this.keep('metrics.txt', (await fetchText(this.metricsPort, '/metrics')).body);
    this.child.kill('SIGTERM');
    const code = await this.exit();
    if (code !== 0) throw new Error(`the gateway ended with ${String(code)}: ${this.output.slice(-4000)}`);
  }
}

function parseLine(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return { text: line };
  }
}
