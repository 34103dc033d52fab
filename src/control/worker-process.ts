// The program of a worker process: nothing but the worker's half at the end of the primary's channel.
// It ends with the channel: node:cluster exits a worker that its primary left, and nobody would replace, count or change it.
import { rulesetOf } from '../policy/ruleset-of.js';
import { startProxy } from '../proxy/start.js';
import { Inbox } from './channel.js';
import { guardProcess } from './crash.js';
import { openLog } from './log-sink.js';
import { turnsOf } from './worker-rows.js';
import type { FromWorker, ToWorker } from './messages.js';
import { runWorker } from './worker.js';

const inbox = new Inbox<ToWorker>();
process.on('message', (message: ToWorker) => inbox.deliver(message));

// A terminal and systemd signal the whole group; the primary decides what a worker does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

runWorker({
  channel: {
    send,
    listen: (listener) => inbox.listen(listener),
  },
  openLog: (level, worker) => {
    const log = openLog({ level, base: { worker } });
    guardProcess(log);
    return log;
  },
  rulesetOf,
  startProxy: (options) => startProxy({ ...options, ...turnsOf(process.env) }),
});

send({ kind: 'up' });
