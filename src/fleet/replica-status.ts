// What a replica says of itself to the others, and how that is read back. INVARIANT: it informs and decides nothing; reading never
// throws (test/fleet/replica-status.test.ts).
import { z } from 'zod';

/** Times are RFC 3339 in UTC, by that replica's clock. Nothing in it is of a subscriber. */
export interface ReplicaStatus {
  readonly name: string;
  /** Another for each process: two replicas with one name are told apart. */
  readonly instance: string;
  /** Counts up with each saying. */
  readonly beat: number;
  /** The version of headgate. */
  readonly version: string;
  readonly state: 'starting' | 'ready' | 'withholding' | 'draining';
  /** Of the effective policy in force; null: none is. */
  readonly digest: string | null;
  readonly generation: number;
  readonly since: string | null;
  /** Why the candidate that lies there was refused, by code; null: none was. */
  readonly refused: string | null;
  /** Candidates that were refused, and leaks, since its start. */
  readonly refusals: number;
  readonly leaks: number;
  /** Workers, and how many of them run `digest`. */
  readonly workers: number;
  readonly workersCurrent: number;
  /** Partners that are locked down there, null for everyone, each with the orders that it holds. */
  readonly lockdowns: readonly { readonly partner: string | null; readonly orders: readonly string[] }[];
}

/** A text that is longer is not read to its end, and then not understood. */
export const STATUS_BYTES_MOST = 64 * 1024;
/** Names of replicas: what the setting `redis.replica` permits, and every name of a machine. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

const count = z.int().min(0);
const word = z.string().regex(/^[\x20-\x7e]{1,100}$/);
const shape: z.ZodType<ReplicaStatus> = z.object({
  name: z.string().regex(NAME),
  instance: z.string().regex(/^[0-9a-f]{16}$/),
  beat: count,
  version: word,
  state: z.enum(['starting', 'ready', 'withholding', 'draining']),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  generation: count.max(1_000_000_000),
  since: z.iso.datetime().nullable(),
  refused: z
    .string()
    .regex(/^[a-z-]{1,40}$/)
    .nullable(),
  refusals: count,
  leaks: count,
  workers: count,
  workersCurrent: count,
  lockdowns: z
    .array(
      z.object({
        partner: z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
          .nullable(),
        orders: z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(100),
      }),
    )
    .max(1100),
});

/** Whether a text can be the name of a replica. */
export function isReplicaName(text: string): boolean {
  return NAME.test(text);
}

/** Undefined for whatever is no status; members that this program does not know are left out. */
export function statusIn(text: string): ReplicaStatus | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
