// A datagram socket as a service manager has one, for tests: what arrives there, in order. Node has none, so Python listens.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LISTENER = `
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(listener.recv(4096).decode().strip().replace("\\n", "|"), flush=True)
`;

export class NotifySocket {
  /** For NOTIFY_SOCKET. */
  readonly path: string;
  /** Each message on one line, its lines joined by `|`; without the barriers that systemd-notify sends behind each. */
  readonly messages: string[] = [];
  readonly #folder: string;
  readonly #child;

  private constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'headgate-notify-'));
    this.path = join(this.#folder, 'socket');
    this.#child = spawn('python3', ['-c', LISTENER, this.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  }

  static async open(): Promise<NotifySocket> {
    const socket = new NotifySocket();
    await new Promise<void>((resolve, reject) => {
      socket.#child.once('error', reject);
      createInterface({ input: socket.#child.stdout }).on('line', (line) => {
        if (line === 'listening') resolve();
        else if (line !== 'BARRIER=1') socket.messages.push(line);
      });
    });
    return socket;
  }

  close(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
