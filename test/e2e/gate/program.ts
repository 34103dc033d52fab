// The built program as an operator starts it: `headgate serve` in a folder, its log by event, its admin API and its verbs.
// Everything that it writes is kept under build/written, where the last test of all searches for subscriber values.
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { eventually } from '../../wire/harness/deadline.js';

interface Line {
  readonly level?: string;
  readonly event?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

export interface ProgramOptions {
  /** In which `headgate.yaml` lies. */
  readonly folder: string;
  /** Over the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the program, for example `unshare -rm`. */
  readonly under?: readonly string[];
}

const MAIN = resolve('dist/cli/main.js');
let started = 0;

export class Program {
  readonly lines: Line[] = [];
  output = '';
  readonly #child: ChildProcess;
  readonly #folder: string;
  #rest = '';
  #exit: number | null | undefined;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    started += 1;
    const written = resolve('build/written', `gate-${process.pid}-${started}`);
    mkdirSync(written, { recursive: true });
    const keep = (text: string): void => {
      this.output += text;
      appendFileSync(join(written, 'output'), text);
    };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      keep(text);
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.lines.push(JSON.parse(line) as Line);
    });
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('close', (code) => (this.#exit = code));
  }

  /** Resolves when it takes requests, ready or not. */
  static async start({ folder, env = {}, under = [] }: ProgramOptions): Promise<Program> {
    if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is missing: run `make build`');
    const [command = '', ...words] = [...under, process.execPath, MAIN, 'serve', '--config', 'headgate.yaml'];
    const child = spawn(command, words, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = new Program(child, folder);
    await eventually('the gateway to take requests', () => program.isListening(), 30_000).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`${String(error)}; it wrote: ${program.output}`, { cause: error });
    });
    return program;
  }

  isListening(): boolean {
    if (this.#exit !== undefined) throw new Error(`the gateway ended: ${this.output}`);
    return this.of('listening').length > 0 && this.of('ready', 'withholding').length > 0;
  }

  /** Lines of these events, the oldest first. */
  of(...events: readonly string[]): readonly Line[] {
    return this.lines.filter(({ event }) => event !== undefined && events.includes(event));
  }

  get port(): number {
    return Number(this.of('listening')[0]?.['port']);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#exit === undefined;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** A path of its metrics server. */
  fetch(path: string): Promise<{ readonly status: number; readonly body: string }> {
    return exchange({ host: '127.0.0.1', port: Number(this.of('metrics-listening')[0]?.['port']), path });
  }

  /** The admin API on `admin.sock`; rejects on anything but a 200. */
  async api<T = Record<string, unknown>>(path: string, body?: object): Promise<T> {
    const answer = await exchange(
      { socketPath: join(this.#folder, 'admin.sock'), path, method: body === undefined ? 'GET' : 'POST' },
      body === undefined ? undefined : JSON.stringify(body),
    );
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  /** A verb with `--config` of this gateway. */
  verb(
    ...words: readonly string[]
  ): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
    return runVerb(this.#folder, [...words, '--config', 'headgate.yaml']);
  }

  /** Ends it as an operator does; rejects where it died before, or ends otherwise than with 0. */
  async stop(): Promise<void> {
    if (!this.isAlive) throw new Error(`the gateway died: ${this.output.slice(-4000)}`);
    this.signal('SIGTERM');
    await eventually('the gateway to end', () => !this.isAlive, 30_000);
    if (this.#exit !== 0) throw new Error(`the gateway ended with ${String(this.#exit)}: ${this.output.slice(-4000)}`);
    if (/unhandled|uncaught|"event":"crash"/i.test(this.output)) throw new Error(this.output.slice(-4000));
  }

  /** For the end of a test that failed: nothing is left running. */
  kill(): void {
    if (this.isAlive) this.signal('SIGKILL');
  }
}

export function runVerb(
  folder: string,
  words: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, [MAIN, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => settle({ code, out, err }));
  });
}

/** Lines of its history, as plain JSON. */
export function historyOf(folder: string): readonly Line[] {
  return readFileSync(join(folder, 'state/history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function exchange(
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly path: string;
    readonly method?: string;
  },
  body?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((settle, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request({ agent: false, headers, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => settle({ status: response.statusCode ?? 0, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
