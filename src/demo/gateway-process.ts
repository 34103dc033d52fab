// The demo's gateway: the product itself as a child process, with settings written for it into a folder of its own.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface GatewayOptions {
  /** The program that `headgate` is: the path of cli/main.js. */
  readonly main: string;
  /** A folder for settings, key, log and state. */
  readonly folder: string;
  readonly policyFile: string;
  /** 0: any free port. */
  readonly port: number;
  readonly metricsPort: number;
  /** The only address whose identity headers are believed. */
  readonly trusted: string;
  /** Where every site of the demo is. */
  readonly mirrorPort: number;
  /** The paths that carry requests, as YAML; default both. */
  readonly paths?: string;
  /** What it shares with others, as YAML; default nothing. */
  readonly redis?: string;
  /** The file of its pseudonym key; default its own, which is made. */
  readonly keyFile?: string;
}

export interface Gateway {
  readonly settingsFile: string;
  /** The words after the program's own that approved the first policy. */
  readonly approvedBy: readonly string[];
  readonly port: number;
  readonly metricsPort: number;
  /** The file that holds all it says. */
  readonly log: string;
  /** Settles when the process is gone, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** The settings of the demo as a text that a person can read: all sites are the mirror, loopback is permitted. */
export function settingsFor(options: GatewayOptions): string {
  return `# Written by \`headgate demo\`; gone when it ends.
listeners:
  - name: demo
    address: "127.0.0.1:${options.port}"
    clients: ["127.0.0.0/8"]
    trust: ["${options.trusted}/32"]
metrics: { address: "127.0.0.1:${options.metricsPort}" }
admin: { address: ${JSON.stringify(`unix:${join(options.folder, 'admin.sock')}`)} }
policy: ${JSON.stringify(options.policyFile)}
approvals: ${JSON.stringify(join(options.folder, 'approvals'))}
# One person alone may approve here, unsigned: it is a demo.
approval: { required: 0 }
state: ${JSON.stringify(join(options.folder, 'state'))}
workers: 1
destinations:
  default: "127.0.0.1:${options.mirrorPort}"
  permit: ["127.0.0.0/8"]
limits: { connections: 200 }
keys: { demo: ${JSON.stringify(options.keyFile ?? join(options.folder, 'demo.key'))} }
${options.paths === undefined ? '' : `paths: ${options.paths}\n`}${options.redis === undefined ? '' : `redis: ${options.redis}\n`}log: { level: info }
`;
}

/** Waits for both lines that say where the gateway listens; the last lines of its standard error are the error's text. */
function portsOf(child: ChildProcess): Promise<{ port: number; metricsPort: number }> {
  return new Promise((resolve, reject) => {
    const ports = new Map<string, number>();
    const said: string[] = [];
    if (child.stdout !== null) {
      createInterface(child.stdout).on('line', (line) => {
        let entry: { event?: unknown; port?: unknown };
        try {
          entry = JSON.parse(line) as typeof entry;
        } catch {
          return;
        }
        if (typeof entry.event === 'string' && typeof entry.port === 'number') ports.set(entry.event, entry.port);
        const [port, metricsPort] = [ports.get('listening'), ports.get('metrics-listening')];
        if (port !== undefined && metricsPort !== undefined) resolve({ port, metricsPort });
      });
    }
    if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => said.push(line));
    child.once('error', reject);
    child.once('close', () => reject(new Error(`the gateway did not start\n${said.slice(-20).join('\n')}`)));
  });
}

/** A verb of the product, run to its end: what it printed; rejects with what it said where it fails. */
export function runVerb(main: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, ...words], (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`\`headgate ${words[0] ?? ''}\` failed\n${stderr.trim()}`));
    });
  });
}

/** Random, and of nobody else. */
export async function writeDemoKey(file: string): Promise<void> {
  await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
}

/** Starts the gateway, its first policy approved as a user would do it, and resolves when it accepts connections. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const settingsFile = join(options.folder, 'headgate.yaml');
  if (options.keyFile === undefined) await writeDemoKey(join(options.folder, 'demo.key'));
  await writeFile(settingsFile, settingsFor(options));
  const reason = ['--reason', 'first start', '--proposer', 'demo'];
  const approvedBy = ['approve', '--config', settingsFile, '--baseline', ...reason, '--yes'];
  await runVerb(options.main, approvedBy);
  const child = spawn(process.execPath, [options.main, 'serve', '--config', settingsFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const log = join(options.folder, 'gateway.log');
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  // An exit of ours that was not asked for leaves no gateway behind.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  void ended.then(() => process.off('exit', reap));
  const ports = await portsOf(child);
  return {
    settingsFile,
    approvedBy,
    ...ports,
    log,
    ended,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
