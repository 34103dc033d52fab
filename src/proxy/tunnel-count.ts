// How many raw tunnels are open, by kind, for the gauge.
import type { Meter } from '../telemetry/meter.js';

type TunnelKind = 'connect' | 'websocket';

export class TunnelCount {
  readonly #meter: Meter;
  readonly #open: Record<TunnelKind, number> = { connect: 0, websocket: 0 };

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  add(kind: TunnelKind): void {
    this.#set(kind, this.#open[kind] + 1);
  }

  remove(kind: TunnelKind): void {
    this.#set(kind, this.#open[kind] - 1);
  }

  #set(kind: TunnelKind, count: number): void {
    this.#open[kind] = count;
    this.#meter.set('headgate_tunnels', [kind], count);
  }
}
