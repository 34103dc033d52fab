// Imported before a gateway's own modules, by the benchmark alone: a worker is given the tables of HEADGATE_BENCH_TABLES in the
// place of those that its primary sends. The rest of the message is as it came.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';

if (cluster.isWorker) {
  process.on('message', (message) => {
    if (message?.prepared === undefined) return;
    Object.assign(message.prepared, deserialize(readFileSync(process.env.HEADGATE_BENCH_TABLES)));
  });
}
