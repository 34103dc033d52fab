// What every request of this process shares; built once by start.ts.
import type { Deadlines } from './deadlines.js';
import type { DepartingReleases } from './departing-releases.js';
import type { DialOptions } from './dialer.js';
import type { Lookout } from './lookout.js';
import type { Pool } from './pool.js';
import type { ReleaseSpots } from './release-spots.js';
import type { Running } from './running.js';
import type { FreeSettings } from './settings.js';
import type { Tally } from './tally.js';
import type { TunnelCount } from './tunnel-count.js';

/** What a drain waits for. */
export interface InFlight {
  /** The drain is over before it is. Absent: that its connection closes says enough. */
  cut?(): void;
}

export interface Shared {
  readonly settings: FreeSettings;
  readonly running: Running;
  readonly pool: Pool;
  readonly dialOptions: DialOptions;
  readonly deadlines: Deadlines;
  readonly tally: Tally;
  /** To be told of each request that is sent, or of a sample. */
  readonly lookout: Lookout;
  /** Where releases are counted, and what is about to be, of the slow path. */
  readonly spots: ReleaseSpots;
  readonly departing: DepartingReleases;
  /** Requests and tunnels. */
  readonly inFlight: Set<InFlight>;
  readonly tunnels: TunnelCount;
  isDraining: boolean;
  /** A short id for an answer of ours and its log line; says nothing of the subscriber. */
  requestId(): string;
}
