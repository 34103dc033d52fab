// A worker as the primary holds it: a channel, an end, a way to end it. Each is a process of its own.
import cluster, { type Worker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { Inbox, type Channel } from './channel.js';
import type { FromWorker, ToWorker } from './messages.js';
import { workerFlags } from './worker-flags.js';
import { WorkerRows } from './worker-rows.js';

export interface WorkerLink extends Channel<ToWorker, FromWorker> {
  /** Called once, when the worker is gone; `how` is a word for the log. Nothing of it arrives afterwards. */
  onEnd(listener: (how: string) => void): void;
  /** Takes leave of a worker that has drained: its process ends by itself. */
  end(): void;
  /** Ends it without asking. */
  kill(): void;
}

/** Makes the worker with this number; numbers are never used twice. */
export type Spawn = (worker: number) => WorkerLink;

/**
 * Workers as processes that share the listening sockets: the kernel hands connections out, which costs half of round-robin, and they
 * give each other turns. `count`: how many there will be at a time.
 */
export function forkedWorkers(count: number): Spawn {
  const rows = count > 1 ? WorkerRows.open() : null;
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({
    exec: fileURLToPath(new URL('./worker-process.js', import.meta.url)),
    args: [],
    execArgv: [...workerFlags()],
    serialization: 'advanced',
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...(rows === null ? [] : [rows.descriptor])],
  });
  return () => {
    const row = rows?.take();
    const worker = cluster.fork(row?.env);
    if (row !== undefined) worker.once('exit', () => row.free());
    return linkOf(worker);
  };
}

function linkOf(worker: Worker): WorkerLink {
  const inbox = new Inbox<FromWorker>();
  let isOver = false;
  let early: ToWorker[] | null = [];
  const send = (message: ToWorker): void => {
    if (worker.isConnected()) worker.send(message, () => undefined);
  };
  worker.on('message', (message: FromWorker) => {
    if (isOver) return;
    if (message.kind === 'up') {
      early?.forEach(send);
      early = null;
    }
    inbox.deliver(message);
  });
  // A send to a process that is ending fails; its end is told by `exit`.
  worker.on('error', () => undefined);
  return {
    send: (message) => {
      if (early === null) send(message);
      else early.push(message);
    },
    listen: (listener) => inbox.listen(listener),
    onEnd: (listener) => {
      worker.once('exit', (code, signal) => {
        isOver = true;
        listener(signal ?? `exit ${code}`);
      });
    },
    end: () => {
      if (worker.isConnected()) worker.process.disconnect();
    },
    kill: () => {
      worker.process.kill('SIGKILL');
    },
  };
}
