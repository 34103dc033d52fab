// The documents of the state folder: name, version and exact shape of each. What does not have the shape is no document:
// nothing is left out, filled in or converted.
import { z } from 'zod';
import type { AdmittedRecord, RuntimeGated } from './admitted.js';
import {
  EARLIER_KEPT,
  type ClockMark,
  type EarlierPolicy,
  type EpochState,
  type GateState,
  type LockdownState,
  type NoveltyState,
} from './gate-state.js';
import type { Delta } from './grant.js';
import { hostPatternShape, policyShape } from './policy-shape.js';

/** `version` is the one that this program reads and writes; the value holds it as its own `version`. */
export interface StateDocument<T> {
  readonly version: 1;
  /** Undefined for whatever does not have the exact shape. */
  read(value: unknown): T | undefined;
}

const texts = z.array(z.string());
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.int().min(0);
const count = z.int().min(0);
const place = z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) });
const setting = z.union([z.string(), z.number(), texts]);
const version = z.literal(1);

const runtime: z.ZodType<RuntimeGated> = z.strictObject({
  listeners: z.array(
    z.strictObject({
      name: z.string(),
      clients: texts,
      trust: z.union([texts, z.enum(['path', 'none'])]),
      kind: z.enum(['http', 'proxy-protocol']).optional(),
      mirror: place.optional(),
      as: z.string().optional(),
    }),
  ),
  destinations: z.strictObject({
    hosts: z.record(z.string(), place),
    default: place.nullable(),
    permit: texts,
    refusedPorts: z.array(z.int()),
    resolvers: texts,
    tls: z.strictObject({ ca: texts }),
  }),
  connectPorts: z.array(z.int()),
  skewMs: count,
  maxYears: count,
  canaries: texts.optional(),
});

const record: z.ZodType<AdmittedRecord> = z.strictObject({
  digest,
  policy: policyShape,
  engine: z.strictObject({ meaning: z.int(), keyRule: z.int() }),
  gated: z.record(z.string(), setting),
  runtime,
  rule: z.strictObject({
    required: count,
    groups: z.record(z.string(), count),
    audience: z.string().nullable(),
    signers: z.string().nullable(),
    revoked: z.string().nullable(),
  }),
  text: z.string(),
  admittedAt: moment,
  generation: count,
  approvals: z.array(digest),
});

const axisOf = <T extends z.ZodType>(member: T) =>
  z.strictObject({ kind: z.enum(['only', 'except']), members: z.array(member) });

const delta: z.ZodType<Delta> = z.strictObject({
  releases: z.array(
    z.strictObject({
      member: z.string(),
      label: z.string(),
      permitted: z.strictObject({
        form: z.enum(['none', 'pseudonym', 'unchanged']),
        keys: texts,
        route: z
          .discriminatedUnion('transport', [
            z.strictObject({ transport: z.literal('http') }),
            z.strictObject({ transport: z.literal('tls'), port: z.int() }),
          ])
          .nullable(),
        partner: z.string().nullable(),
      }),
      listeners: axisOf(z.string()),
      ports: axisOf(z.int()),
      from: z.int().nullable(),
      until: z.int().nullable(),
      where: z.array(z.strictObject({ pattern: hostPatternShape, except: z.array(hostPatternShape) })),
    }),
  ),
  settings: z.array(z.strictObject({ setting: z.string(), before: setting.nullable(), after: setting.nullable() })),
});

const documentOf = <T>(shape: z.ZodType<T>): StateDocument<T> => ({
  version: 1,
  read: (value) => shape.safeParse(value).data,
});

/** `state.json`. */
export const GATE_STATE: StateDocument<GateState> = documentOf<GateState>(
  z.strictObject({
    version,
    current: record,
    breakGlass: z.strictObject({ record, until: moment, approval: digest }).nullable(),
    previous: z.array(digest).max(EARLIER_KEPT),
    highestGeneration: count,
    narrowings: z.array(z.strictObject({ at: moment, delta })),
    history: z.strictObject({ seq: z.int().min(1), hash: digest }).nullable(),
  }),
);

/** `policies/DIGEST.json`. */
export const EARLIER_POLICY: StateDocument<EarlierPolicy> = documentOf<EarlierPolicy>(
  z.strictObject({ version, record }),
);

/** `clock.json`. */
export const CLOCK_MARK: StateDocument<ClockMark> = documentOf<ClockMark>(z.strictObject({ version, highest: moment }));

const nameKey = z.string().regex(/^[a-z0-9]{1,64}$/);

/** `novelty.json`. */
export const NOVELTY_STATE: StateDocument<NoveltyState> = documentOf<NoveltyState>(
  z.strictObject({
    version,
    listeners: z.array(
      z.strictObject({
        listener: z.string(),
        since: moment,
        days: z
          .array(z.strictObject({ day: count, requests: count, names: z.array(z.tuple([nameKey, count])) }))
          .max(7),
        quarantined: z.array(z.strictObject({ name: nameKey, since: moment })),
        told: z.strictObject({ at: moment, names: z.array(nameKey).max(1024) }).optional(),
      }),
    ),
  }),
);

/** `ledger/epoch.json`. */
export const EPOCH_STATE: StateDocument<EpochState> = documentOf<EpochState>(
  z.strictObject({ version, epoch: z.string().max(64), key: z.string().regex(/^[0-9a-f]{16}$/) }),
);

const orderId = z.string().regex(/^[0-9a-f]{32}$/);

/** `lockdown.json`. */
export const LOCKDOWN_STATE: StateDocument<LockdownState> = documentOf<LockdownState>(
  z.strictObject({
    version,
    lockdowns: z.array(
      z.strictObject({
        partner: z.string().nullable(),
        since: moment,
        reason: z.string(),
        by: z.string(),
        via: z.enum(['file', 'api', 'redis']),
      }),
    ),
    shared: z
      .strictObject({
        held: z.array(z.strictObject({ partner: z.string().nullable(), orders: z.array(orderId) })),
        ended: z.array(orderId),
      })
      .optional(),
  }),
);
