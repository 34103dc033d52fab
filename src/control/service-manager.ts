// Tells the service manager (systemd's sd_notify protocol) how it stands: READY when /readyz is 200, and the beat of a watchdog. Node has no datagram
// sockets of the unix kind, so each message is sent by systemd's own program. Nothing here decides anything, and nothing waits for it.
import { spawn } from 'node:child_process';
import type { Log } from '../telemetry/log.js';
import type { Readiness } from './readiness.js';

export interface ServiceManagerOptions {
  /** Of this process: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID are read, and taken out, so that no child of ours speaks for us. */
  readonly environment: NodeJS.ProcessEnv;
  readonly readiness: () => Readiness;
  readonly log: Log;
  /** The program that sends. Default: `systemd-notify`. */
  readonly program?: string;
}

const LOOK_EVERY_MS = 500;
/** A message that is not taken in this time is given up. */
const SENT_WITHIN_MS = 5000;
/** From the end of draining to the end of the process. */
const END_WITHIN_MS = 10_000;

export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  readonly #socket: string | undefined;
  readonly #watchdogMs: number;
  #timers: NodeJS.Timeout[] = [];
  #last: Promise<void> = Promise.resolve();
  #isReady = false;
  #isReloading = false;
  #said = '';
  #hasFailed = false;

  /** Without NOTIFY_SOCKET it says nothing, ever. */
  constructor(options: ServiceManagerOptions) {
    this.#options = options;
    const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: period, WATCHDOG_PID: pid } = options.environment;
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete options.environment[name];
    this.#socket = socket === '' ? undefined : socket;
    const isOurs = pid === undefined || pid === String(process.pid);
    this.#watchdogMs = isOurs ? Math.floor(Number(period ?? 0) / 1000) || 0 : 0;
  }

  /** Looks from now on whether the gateway is ready, and says so once; beats at half of the watchdog's time. Keeps no process alive. */
  begin(): void {
    if (this.#socket === undefined) return;
    this.#look();
    this.#timers.push(setInterval(() => this.#look(), LOOK_EVERY_MS).unref());
    if (this.#watchdogMs === 0) return;
    this.#send(['WATCHDOG=1']);
    this.#timers.push(setInterval(() => this.#send(['WATCHDOG=1']), this.#watchdogMs / 2).unref());
  }

  /** A reload that somebody asked for; it is over when `done` is settled, however it ended. */
  reloading(done: Promise<unknown>): void {
    if (this.#socket === undefined || !this.#isReady) return;
    this.#isReloading = true;
    this.#send(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`]);
    const over = (): void => {
      this.#isReloading = false;
      this.#said = '';
      this.#look();
    };
    done.then(over, over);
  }

  /** It drains, for `withinMs` at most. */
  stopping(withinMs: number): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    if (this.#socket === undefined) return;
    this.#send(['STOPPING=1', 'STATUS=draining', `EXTEND_TIMEOUT_USEC=${(withinMs + END_WITHIN_MS) * 1000}`]);
  }

  #look(): void {
    const { ready, body } = this.#options.readiness();
    if (this.#isReloading || body === this.#said) return;
    this.#said = body;
    this.#isReady ||= ready;
    this.#send([...(this.#isReady ? ['READY=1'] : []), `STATUS=${body}`]);
  }

  /** One after the other, for their order means something. */
  #send(lines: readonly string[]): void {
    this.#last = this.#last.then(() => this.#sent(lines));
  }

  #sent(lines: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn(this.#options.program ?? 'systemd-notify', [...lines], {
        env: { PATH: this.#options.environment['PATH'], NOTIFY_SOCKET: this.#socket },
        stdio: 'ignore',
      });
      child.unref();
      const late = setTimeout(() => child.kill('SIGKILL'), SENT_WITHIN_MS).unref();
      child.once('error', (error) => {
        clearTimeout(late);
        this.#failed((error as NodeJS.ErrnoException).code ?? error.name);
        resolve();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        if (code !== 0) this.#failed(signal ?? `exit ${code}`);
        resolve();
      });
    });
  }

  /** Once: it may come back, and a unit that waits for READY says the rest. */
  #failed(how: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.log.warn(
      'service-manager',
      `the service manager cannot be told how it stands: systemd-notify: ${how}`,
    );
  }
}
