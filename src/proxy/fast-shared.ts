// What all connections of the fast path in this process share; built once.
import { ANSWER_LIMITS } from '../http/answer-reader.js';
import { LINE_FINDER, lineFinderFor } from '../http/line-finder.js';
import { LinePool } from '../http/head-lines.js';
import type { Tally } from './tally.js';
import { fastConnections, type FastUpstream } from './fast-upstream.js';
import { ByteArrival } from './byte-arrival.js';
import { ByteDeparture } from './byte-departure.js';
import { DepartingReleases } from './departing-releases.js';
import { Outbox } from './outbox.js';
import type { Maker } from './pool.js';
import type { Shared } from './shared.js';
import { FIELD_LINES_AT, SLAB, SLAB_MEMORY } from './slab.js';
import { Turn } from './turn.js';

export interface FastShared {
  readonly shared: Shared;
  readonly turn: Turn;
  readonly requestLines: LinePool;
  readonly answerLines: LinePool;
  readonly departure: ByteDeparture;
  readonly arrival: ByteArrival;
  readonly connections: Maker<FastUpstream>;
  /** What one read of a client brings for its destination, and the other way. */
  readonly requestBox: Outbox;
  /** What leaves with `requestBox`. */
  readonly departing: DepartingReleases;
  readonly answerBox: Outbox;
}

/** The numbers of one listener that every request counts, found once. */
export class FastSlots {
  readonly verdicts: Readonly<Record<'released' | 'stripped' | 'untouched' | 'refused' | 'tunnelled', number>>;
  readonly canonical: number;
  readonly unusual: number;
  readonly duration: number;
  readonly added: number;
  readonly connections: number;

  constructor({ meter }: Tally, listener: string) {
    const verdict = (name: string): number => meter.slot('headgate_requests_total', [listener, name]);
    this.verdicts = {
      released: verdict('released'),
      stripped: verdict('stripped'),
      untouched: verdict('untouched'),
      refused: verdict('refused'),
      tunnelled: verdict('tunnelled'),
    };
    this.canonical = meter.slot('headgate_path_total', ['fast', 'canonical']);
    this.unusual = meter.slot('headgate_path_total', ['fast', 'unusual']);
    this.duration = meter.slot('headgate_request_duration_seconds', [listener]);
    this.connections = meter.slot('headgate_client_connections', [listener]);
    this.added = meter.slot('headgate_added_duration_seconds', [listener]);
  }
}

export function fastSharedOf(shared: Shared): FastShared {
  const { headBytes, fields } = shared.settings.limits;
  const turn = new Turn();
  const departing = new DepartingReleases(shared.lookout);
  const finder = (SLAB_MEMORY && lineFinderFor(SLAB_MEMORY, SLAB, FIELD_LINES_AT)) ?? LINE_FINDER;
  const answerLines = new LinePool(ANSWER_LIMITS, finder);
  return {
    shared,
    turn,
    requestLines: new LinePool({ bytes: headBytes, fields }, finder),
    answerLines,
    departure: new ByteDeparture(shared.running),
    arrival: new ByteArrival(),
    connections: fastConnections({ pool: shared.pool, lines: answerLines, turn }),
    requestBox: new Outbox(turn, departing),
    departing,
    answerBox: new Outbox(turn),
  };
}
