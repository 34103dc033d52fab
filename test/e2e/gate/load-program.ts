// A program for the test of constant load: all hosts behind the gateway, and all that ask it, apart from the process that changes the
// policy, so that what is measured is the gateway. It is told over IPC what may be in force, and answers each order when it holds.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Load, type InForce } from './load.js';
import { Site } from './site.js';

export type LoadOrder =
  | { readonly kind: 'site'; readonly partners: readonly string[] }
  | { readonly kind: 'start'; readonly port: number; readonly connections: number; readonly inForce: InForce }
  | { readonly kind: 'move'; readonly inForce: InForce }
  | { readonly kind: 'rest' }
  | { readonly kind: 'end' };

/** `failures` and `strays` as they are so far; `port` is that of the site. */
export interface LoadAnswer {
  readonly port: number;
  readonly failures: readonly string[];
  readonly strays: readonly string[];
  readonly requests: number;
  /** Requests that arrived at the site, whoever asked. */
  readonly arrived: number;
  readonly longestMs: number;
  /** How long this very program was held up at most. */
  readonly ownStallMs: number;
}

let site: Site | undefined;
let load: Load | undefined;
const stalls = monitorEventLoopDelay();

async function obey(order: LoadOrder): Promise<void> {
  switch (order.kind) {
    case 'site':
      site = await Site.start(order.partners);
      return;
    case 'start':
      stalls.enable();
      load = await Load.start(order.port, order.connections, order.inForce);
      return;
    case 'move':
      return load?.move(order.inForce);
    case 'rest':
      return load?.rest();
    case 'end':
      await load?.everyoneAsked();
      await load?.end();
      return;
    default:
      return order satisfies never;
  }
}

function answer(): LoadAnswer {
  return {
    port: site?.port ?? 0,
    failures: load?.failures ?? [],
    strays: site?.strays ?? [],
    requests: load?.requests ?? 0,
    arrived: site?.count ?? 0,
    longestMs: load?.longestMs ?? 0,
    ownStallMs: stalls.max / 1e6,
  };
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    () => process.send?.(answer()),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
