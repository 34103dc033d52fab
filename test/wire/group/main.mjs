// A primary of the built product without files: its group of real worker processes does what the test tells it, one message each.
import cluster from 'node:cluster';
import { CounterBook } from '../../../dist/control/counter-book.js';
import { WorkerGroup } from '../../../dist/control/worker-group.js';
import { forkedWorkers } from '../../../dist/control/worker-link.js';
import { SlotMeter } from '../../../dist/telemetry/slot-meter.js';
import { slotTableOf } from '../../../dist/telemetry/slots.js';

const slots = slotTableOf({ listeners: ['internet'], headers: [], releases: [], refusals: [], upstreamErrors: [] });
const book = new CounterBook();
book.extend(slots);
const meter = new SlotMeter(() => undefined);
meter.extend(slots);
const say = (level) => (event, message, fields) => console.error(JSON.stringify({ level, event, message, ...fields }));
const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };

let group;
const ACTS = {
  start: async ({ settings, prepared, options }) => {
    group = new WorkerGroup({ spawn: forkedWorkers(), settings, ownAddresses: [], book, meter, log, ...options });
    return group.start({ ...prepared, slots });
  },
  change: ({ prepared, direction }) => group.change({ ...prepared, slots }, { direction }),
  lock: ({ lockdown }) => group.lock(lockdown),
  pids: () => Object.values(cluster.workers ?? {}).map(({ process: { pid } }) => pid),
  drain: () => group.drain(500),
};

process.on('message', ({ id, act, ...rest }) => {
  Promise.resolve(ACTS[act](rest)).then(
    (value) => process.send({ id, value }),
    (error) => process.send({ id, error: String(error) }),
  );
});
