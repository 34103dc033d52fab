// Admin actions over plain memory, and requests to a server that carries them: what the tests of the admin API and its verbs share.
import { request } from 'node:http';
import type {
  AdminActions,
  FleetAnswer,
  HeadersAnswer,
  LeaksAnswer,
  LockdownOrder,
  ReloadAnswer,
} from '../../src/control/admin-actions.js';
import { AdminRefusal } from '../../src/control/admin-refusal.js';
import type { AdminServer } from '../../src/control/admin-server.js';
import type { GatewayStatus, LockdownEntry, RefusedCandidate } from '../../src/control/gateway-status.js';
import { ENGINE } from '../../src/policy/effective.js';
import type { Log, LogFields, LogLevel } from '../../src/telemetry/log.js';
import { POLICY } from '../decision/ruleset-fixture.js';

export const DIGEST = '8c1f2ab0'.repeat(8);
export const OTHER_DIGEST = '0a9b8c7d'.repeat(8);

export const CANDIDATE: RefusedCandidate = {
  digest: OTHER_DIGEST,
  code: 'not-approved',
  direction: 'widening',
  refusedAt: '2026-03-01T09:14:00.000Z',
  messages: ['widening: `bank` gains `x-imsi` (unchanged) on `api.bank.example`'],
  witnesses: [{ url: 'http://api.bank.example/', header: 'x-imsi', partner: 'bank' }],
  heldUp: [{ message: '`pay` loses `x-msisdn`', lockdown: 'headgate lockdown on --partner pay' }],
};

export const LEAK: LeaksAnswer['leaks'][number] = {
  listener: 'internet',
  domain: 'news.example',
  field: 'x-new-line',
  detector: 'exact',
  outcome: 'contained',
  partner: null,
  leaks: 412,
  subscribers: 44,
  first: '2026-03-01T03:01:02.345Z',
  last: '2026-03-01T03:09:10.000Z',
};

const NAMES: HeadersAnswer = {
  novelty: 'quarantine',
  listeners: [
    {
      listener: 'internet',
      requests: 1200,
      learningUntil: null,
      usual: { from: 'own', at: '2026-02-08T00:00:00.000Z' },
      names: [
        {
          name: 'xnetline',
          state: 'quarantined',
          requests: 1188,
          share: 0.99,
          hosts: 61,
          subscribers: 240,
          values: 238,
          first: '2026-03-01T03:01:02.345Z',
        },
        {
          name: 'xrequestid',
          state: 'baseline',
          requests: 3,
          share: 0.0025,
          hosts: 0,
          subscribers: 0,
          values: 0,
          first: null,
        },
      ],
      more: 0,
    },
    {
      listener: 'roaming',
      requests: 0,
      learningUntil: '2026-03-08T00:00:00.000Z',
      usual: { from: 'learning', at: '2026-03-01T00:00:00.000Z' },
      names: [],
      more: 0,
    },
  ],
};

const REPLICA: FleetAnswer['replicas'][number] = {
  name: 'gw-1',
  self: true,
  silent: false,
  ageSeconds: 0,
  version: '0.1.0',
  state: 'ready',
  digest: DIGEST,
  drift: 'none',
  generation: 3,
  since: '2026-02-01T00:00:00.000Z',
  refused: null,
  refusals: 0,
  leaks: 0,
  workers: 2,
  workersCurrent: 2,
  lockdown: { all: false, partners: [] },
};

export const FLEET: FleetAnswer = {
  kind: 'redis',
  connected: true,
  problems: [],
  lastExchange: '2026-03-01T09:20:00.000Z',
  digest: DIGEST,
  digests: 1,
  highestGeneration: 3,
  replicas: [REPLICA, { ...REPLICA, name: 'gw-2', self: false, ageSeconds: 1 }],
};

const STATUS: GatewayStatus = {
  version: '0.1.0',
  digest: DIGEST,
  generation: 3,
  since: '2026-02-01T00:00:00.000Z',
  timezone: 'Europe/London',
  state: 'ready',
  candidate: null,
  lockdown: { all: null, partners: [] },
  breakGlass: null,
  unsigned: false,
  partnersEndingSoon: [],
  approvalsEndingSoon: [],
  restartNeeded: [],
  workers: [
    { id: 1, digest: DIGEST, serving: true },
    { id: 2, digest: DIGEST, serving: true },
  ],
  stateFolder: { writable: true, problem: null },
  history: { seq: 12, ok: true },
  highestTime: '2026-03-01T09:20:00.000Z',
  reload: { at: null, successful: true },
};

/** A gateway of plain values: what a test sets is what it answers. */
export class MemoryGateway implements AdminActions {
  current: GatewayStatus = STATUS;
  /** What the next reload finds on disk; null: what runs. */
  onDisk: RefusedCandidate | null = null;
  readonly partners: readonly string[] = ['pay', 'bank'];
  /** Every action throws this, where a test sets it. */
  broken: Error | undefined;
  /** Lockdowns that came this far, in their order. */
  readonly orders: LockdownOrder[] = [];
  reloads = 0;
  isRecorded = true;
  isAnnounced: boolean | null = null;
  replicas: FleetAnswer = FLEET;
  names: HeadersAnswer = NAMES;
  /** How far back was asked, the last time. */
  seconds = 0;
  found: Omit<LeaksAnswer, 'since'> = { wholeSince: '2026-03-01T03:00:00.000Z', proven: [], leaks: [LEAK], more: 0 };

  async status() {
    await this.#judge();
    return this.current;
  }

  async policy() {
    await this.#judge();
    return { digest: DIGEST, since: '2026-02-01T00:00:00.000Z', engine: ENGINE, policy: POLICY, gated: { skewMs: 0 } };
  }

  async reload(): Promise<ReloadAnswer> {
    await this.#judge();
    this.reloads += 1;
    const { generation, digest, restartNeeded, timezone } = this.current;
    if (this.onDisk !== null) {
      this.current = { ...this.current, candidate: this.onDisk };
      return { outcome: 'refused', timezone, digest, candidate: this.onDisk } as const;
    }
    return {
      outcome: 'admitted',
      timezone,
      digest: digest ?? DIGEST,
      generation,
      direction: 'narrowing',
      messages: ['narrowing: `pay` loses `x-imsi`'],
      witnesses: CANDIDATE.witnesses,
      breakGlassUntil: null,
      restartNeeded,
    } as const;
  }

  async lockdown() {
    await this.#judge();
    return this.current.lockdown;
  }

  async setLockdown(order: LockdownOrder) {
    await this.#judge();
    const { partner, reason, by } = order;
    if (partner !== null && !this.partners.includes(partner)) {
      throw new AdminRefusal('partner-unknown', `no partner \`${partner}\` in the policy in force`);
    }
    const isAbsent =
      partner === null
        ? this.current.lockdown.all === null
        : this.current.lockdown.partners.every(({ id }) => id !== partner);
    if (order.state === 'off' && isAbsent) throw new AdminRefusal('lockdown-absent', 'there is no such lockdown');
    this.orders.push(order);
    const entry: LockdownEntry = { since: '2026-03-01T03:00:00.000Z', by, reason, via: 'api' };
    const { all, partners } = this.current.lockdown;
    const isOn = order.state === 'on';
    const others = partners.filter(({ id }) => id !== partner);
    const lockdown =
      partner === null
        ? { all: isOn ? entry : null, partners }
        : { all, partners: isOn ? [...others, { id: partner, ...entry }] : others };
    this.current = { ...this.current, lockdown };
    const problem = this.isRecorded ? null : 'no space left on the disk';
    const announced = isOn ? this.isAnnounced : null;
    return { lockdown, workers: this.current.workers.length, recorded: this.isRecorded, problem, announced };
  }

  async approvals() {
    await this.#judge();
    const listed = {
      file: 'bank-imsi.approval.yaml',
      kind: 'widening',
      generation: 3,
      proposer: 'dana@operator.example',
      applyBefore: '2026-03-02T00:00:00.000Z',
      until: null,
      approvers: ['alice@operator.example'],
      counts: false,
      why: ['1 of 2 people: one of the group `privacy` is missing'],
      covers: ['`bank` gains `x-imsi` (unchanged) on `api.bank.example`'],
    } as const;
    return { approvals: [listed] };
  }

  async history({ since, limit }: { since: number | null; limit: number }) {
    await this.#judge();
    const all = Array.from({ length: this.current.history.seq }, (_, i) => ({ seq: i + 1, kind: 'refusal' }));
    const records = since === null ? all.slice(-limit) : all.filter(({ seq }) => seq > since).slice(0, limit);
    const last = records.at(-1)?.seq ?? all.length;
    return { records, next: last < all.length ? last : null, ok: true };
  }

  async candidate() {
    await this.#judge();
    const { candidate } = this.current;
    return { candidate: candidate === null ? null : { ...candidate, diff: { direction: 'widening' } } };
  }

  async leaks(seconds: number): Promise<LeaksAnswer> {
    await this.#judge();
    this.seconds = seconds;
    return { since: '2026-03-01T03:00:00.000Z', ...this.found };
  }

  async fleet(): Promise<FleetAnswer> {
    await this.#judge();
    return this.replicas;
  }

  async headers(): Promise<HeadersAnswer> {
    await this.#judge();
    return this.names;
  }

  #judge(): Promise<void> {
    return this.broken === undefined ? Promise.resolve() : Promise.reject(this.broken);
  }
}

interface Said {
  readonly level: LogLevel;
  readonly event: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps what it is told. */
export function memoryLog(): Log & { readonly said: Said[] } {
  const said: Said[] = [];
  const at =
    (level: LogLevel) =>
    (event: string, message: string, fields: LogFields = {}): void =>
      void said.push({ level, event, message, fields });
  return { said, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as it is; an object as JSON with its content type. */
  readonly body?: string | Buffer | object;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request on a connection of its own. */
export function ask({ address }: AdminServer, asked: Asked): Promise<Answered> {
  const { method = 'GET', path = '/v1/status', token, body } = asked;
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...asked.headers,
  };
  const where = 'path' in address ? { socketPath: address.path } : address;
  return new Promise((resolve, reject) => {
    const sent = request({ ...where, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    sent.on('error', reject);
    sent.end(isJson ? JSON.stringify(body) : body);
  });
}

/** The code of a refusal. */
export function codeOf({ text }: Answered): string | undefined {
  return (JSON.parse(text) as { error?: { code: string } }).error?.code;
}
