// An address that answers no attempt to connect, as one behind a broken route: a listening process that is stopped, its queue full.
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { eventually } from './deadline.js';

const PROGRAM = `const server = require('node:net').createServer();
server.listen({ host: process.argv[1], port: 0, backlog: 1 }, () => console.log(server.address().port));`;

export class SilentAddress {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #queued: Socket[] = [];

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static async open(host: string): Promise<SilentAddress> {
    const child = spawn(process.execPath, ['-e', PROGRAM, host], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
    await eventually('it to listen', () => said.endsWith('\n'));
    child.kill('SIGSTOP');
    const silent = new SilentAddress(Number(said), child);
    // The kernel completes what the queue has room for, and drops the rest: then one is not connected while others are.
    await eventually('its queue to be full', async () => {
      const socket = connect(silent.port, host);
      silent.#queued.push(socket);
      socket.on('error', () => undefined);
      return !(await Promise.race([
        new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true))),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 500)),
      ]));
    });
    return silent;
  }

  close(): void {
    for (const socket of this.#queued) socket.destroy();
    this.#child.kill('SIGKILL');
  }
}
