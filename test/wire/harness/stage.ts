// One gateway between a client and two origins: a partner and a stranger (every other host). Cases play on it one after another.
import { ask } from './client.js';
import { eventually } from './deadline.js';
import { Gateway, type GatewayOptions } from './gateway.js';
import { Origin } from './origin.js';
import type { Way } from './paths.js';
import { PARTNER0001, policyText } from './policy-text.js';
import { total, type Samples } from './scrape.js';
import { head, PARTNER, STRANGER } from './values.js';

export interface StageOptions extends Omit<GatewayOptions, 'policy' | 'paths' | 'isPublic'> {
  readonly policy?: string;
  /** Hosts of the partner's origin beside the rows' own; `*.` reaches any depth, as the setting does. */
  readonly partnerHosts?: readonly string[];
  /** Over the destinations of the stage, by key. */
  readonly destinations?: Readonly<Record<string, unknown>>;
}

let fences = 0;

export class Stage {
  readonly gateway: Gateway;
  readonly partner: Origin;
  readonly stranger: Origin;
  readonly way: Way;

  private constructor(way: Way, gateway: Gateway, partner: Origin, stranger: Origin) {
    this.way = way;
    this.gateway = gateway;
    this.partner = partner;
    this.stranger = stranger;
  }

  static async open(way: Way, options: StageOptions): Promise<Stage> {
    const [partner, stranger] = [await Origin.start('partner'), await Origin.start('stranger')];
    const atPartner = `127.0.0.1:${partner.port}`;
    const { policy = policyText([PARTNER0001]), partnerHosts = [], destinations, settings, ...rest } = options;
    const starts = Gateway.start({
      ...rest,
      ...way,
      policy,
      settings: {
        destinations: {
          hosts: Object.fromEntries([PARTNER, ...partnerHosts].map((host) => [host, atPartner])),
          default: `127.0.0.1:${stranger.port}`,
          permit: ['127.0.0.0/8', '::1/128'],
          ...destinations,
        },
        ...settings,
      },
    });
    try {
      return new Stage(way, await starts, partner, stranger);
    } catch (error) {
      for (const origin of [partner, stranger]) await origin.stop();
      throw error;
    }
  }

  get port(): number {
    return this.gateway.port();
  }

  get origins(): readonly Origin[] {
    return [this.partner, this.stranger];
  }

  /**
   * One plain request to each origin on a new connection: each must get its own answer, so the process lives and no
   * pooled connection is out of step. Bytes that a case sent before it have arrived by then.
   */
  async fence(): Promise<void> {
    for (const [origin, host] of [
      [this.stranger, STRANGER],
      [this.partner, PARTNER],
    ] as const) {
      fences += 1;
      const path = `/fence-${fences}`;
      const answer = await ask(this.port, head(`GET ${path} HTTP/1.1`, `Host: ${host}`));
      if (answer.status !== 200 || answer.body !== `${origin.name} ${path}`) {
        throw new Error(
          `the request after the case got ${answer.status} ${JSON.stringify(answer.body)}, expected ${path}`,
        );
      }
    }
  }

  /** Waits until requests were counted by `by` more than in `before`, and gives the samples. Rejects when fewer or more were. */
  async counted(before: Samples, by: number): Promise<Samples> {
    const expected = total(before, 'headgate_requests_total') + by;
    let samples = await this.gateway.metrics();
    await eventually(
      `headgate_requests_total to reach ${expected}, it is ${total(samples, 'headgate_requests_total')}`,
      async () => {
        if (total(samples, 'headgate_requests_total') >= expected) return true;
        samples = await this.gateway.metrics();
        return false;
      },
      4000,
    ).catch(() => {
      throw new Error(
        `headgate_requests_total grew by ${total(samples, 'headgate_requests_total') - expected + by}, expected ${by}`,
      );
    });
    const reached = total(samples, 'headgate_requests_total');
    if (reached !== expected)
      throw new Error(`headgate_requests_total grew by ${reached - expected + by}, expected ${by}`);
    return samples;
  }

  /** After all cases: no connection is left, nothing threw, nothing was said that carries a value; then the end, whatever was found. */
  async close(): Promise<void> {
    try {
      await this.gateway.endsConnections(this.origins);
      await this.gateway.stop();
    } finally {
      this.gateway.child.kill('SIGKILL');
      for (const origin of this.origins) await origin.stop();
    }
    if (/unhandled|uncaught|"event":"crash"/i.test(this.gateway.output)) {
      throw new Error(`the gateway threw: ${this.gateway.output.slice(-2000)}`);
    }
    if (/7700900\d{3}/.test(this.gateway.output)) throw new Error('the log carries a test number');
  }
}
