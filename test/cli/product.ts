// The program as a user runs it, made from the source as it lies here: for tests of processes, signals and files.
// Everything that it writes is kept under build/written, where the last test of all searches for subscriber values.
import { spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const ROOT = join(import.meta.dirname, '../..');
/** Inside the repository, so that the program finds its packages. */
const BUILD = join(ROOT, 'build', `product-${process.pid}`);
let started = 0;

/** Compiles src/ file by file, without looking at types; the path of the program. */
export function buildProduct(): string {
  const main = join(BUILD, 'dist/cli/main.js');
  if (existsSync(main)) return main;
  compileInto(join(ROOT, 'src'), join(BUILD, 'dist'));
  copyFileSync(join(ROOT, 'package.json'), join(BUILD, 'package.json'));
  return main;
}

/** Each TypeScript file under `source` as a module under `target`, without looking at types. */
export function compileInto(source: string, target: string): void {
  for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue;
    const { code } = transformSync(readFileSync(join(source, path), 'utf8'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const file = join(target, path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

export function removeProduct(): void {
  rmSync(BUILD, { recursive: true, force: true });
}

interface Line {
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A process of the program, with everything that it said. */
export class Running {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  out = '';
  err = '';
  #rest = '';
  readonly lines: Line[] = [];
  #waiting: (() => void)[] = [];

  constructor(words: readonly string[], folder: string) {
    started += 1;
    const written = join(ROOT, 'build/written', `cli-${process.pid}-${started}`);
    mkdirSync(written, { recursive: true });
    this.child = spawn(process.execPath, [buildProduct(), ...words], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(join(written, 'stdout'), text);
      this.out += text;
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.lines.push(JSON.parse(line) as Line);
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      appendFileSync(join(written, 'stderr'), text);
      this.err += text;
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** The newest line of an event that says `fields`, as soon as there are `count` of them; fails when the process ends without it. */
  async line(event: string, count = 1, fields: Readonly<Record<string, unknown>> = {}): Promise<Line> {
    for (;;) {
      const found = this.lines.filter(
        (line) => line.event === event && Object.entries(fields).every(([field, value]) => line[field] === value),
      );
      const last = found.at(-1);
      if (last !== undefined && found.length >= count) return last;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the program ended without \`${event}\`: ${this.out}${this.err}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ask(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const { port } = await this.line('metrics-listening');
    return fetchText({ port: Number(port), path });
  }

  /** A sample of /metrics by its whole series; NaN where there is none. */
  async sample(series: string): Promise<number> {
    const { body } = await this.ask('/metrics');
    const line = body.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? NaN : Number(line.slice(series.length + 1));
  }

  /** Processes that it started. */
  children(): number[] {
    const { pid } = this.child;
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

export function fetchText(options: {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}
