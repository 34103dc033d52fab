// Another's program as a part of a picture: started in a folder of its own, waited for, ended by its own pid.
import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { eventually } from '../wire/harness/deadline.js';

export interface Running {
  stop(): Promise<void>;
}

/** A port of 127.0.0.1 that nobody has at this moment, for a program that cannot choose one itself. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether something accepts at a port of 127.0.0.1 or at a unix socket. */
function accepts(place: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof place === 'string' ? connect(place) : connect(place, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Starts a program that stays, and resolves when it accepts at `place`; rejects with what it said where it ends before. `log`: a file for
 * its standard output, of which nothing is lost then, however busy this process is.
 */
export async function startProgram(
  path: string,
  args: readonly string[],
  place: number | string,
  log?: string,
): Promise<Running> {
  const file = log === undefined ? null : openSync(log, 'a');
  const child = spawn(path, [...args], { stdio: ['ignore', file ?? 'pipe', 'pipe'] });
  if (file !== null) closeSync(file);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    const settle = (): void => {
      hasEnded = true;
      resolve();
    };
    child.once('error', settle);
    child.once('close', settle);
  });
  await eventually(`${path} to accept`, async () => {
    if (hasEnded) throw new Error(`${path} ended: ${said.slice(0, 2000)}`);
    return accepts(place);
  });
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Runs a program to its end: its exit code, and both of its streams. */
export function runProgram(
  path: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('latin1')));
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('latin1')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
