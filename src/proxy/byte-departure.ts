// Build, look, write for a usual request: from the bytes that were read to the bytes that leave, in place, with nothing
// between the decision and the look. What it is not sure of it leaves to the plan on strings.
import { BytePlan } from '../decision/byte-plan.js';
import type { EgressFault } from '../egress/look.js';
import type { HeadLines } from '../http/head-lines.js';
import { KNOWN } from '../http/known-name.js';
import { PER_FIELD } from '../http/field-store.js';
import type { RequestReader } from '../http/request-reader.js';
import type { FastDestination } from './fast-destination.js';
import { linesOf, moveToFront, squeeze } from './head-squeeze.js';
import type { Running } from './running.js';

const ZERO = 0x30;
const CHUNKED = 'chunked';
/** Whether a request without a body needs no length; a set takes ten times as long to say it of GET. */
const isBodiless = (method: string): boolean =>
  method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS';

export class ByteDeparture {
  /** Of the last `build`: the head, in the bytes of its lines. */
  start = 0;
  end = 0;
  fault: EgressFault | undefined;
  /** The lines that did not leave, where they were asked for. */
  dropped = '';
  readonly plan = new BytePlan();
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
  }

  /** false: the plan on strings decides; the bytes are as they were. */
  decide(reader: RequestReader<FastDestination>, to: FastDestination, trusted: boolean): boolean {
    const { stretch, isCanonical } = to;
    if (reader.unusual !== null || !isCanonical || !stretch.isPlain) return false;
    const { lines, pathStart, pathEnd } = reader;
    if (!lines.isTight || !isHostPlain(lines) || !isFramingPlain(reader)) return false;
    const at = { release: to.byteRelease, trusted, pathStart, pathEnd, tally: this.#running.detectionTally };
    return this.plan.make(stretch.rules, lines, at) === 'bytes';
  }

  /** After `decide`: whether the head, `[start, end)` in the bytes of `lines`, may leave; else `fault` says why not. */
  build(lines: HeadLines, to: FastDestination, keepsDropped: boolean): boolean {
    const { plan } = this;
    const host = lines.firsts[KNOWN.host] ?? 0;
    if (host > 0) moveToFront(lines, host, to.line);
    this.dropped = keepsDropped ? linesOf(lines, plan.drops, plan.dropped) : '';
    this.start = squeeze(lines, plan.drops, plan.dropped);
    this.end = lines.end;
    const expectation = plan.verdict === 'released' ? to.released : to.withheld;
    this.fault = this.#running.look(lines.bytes, this.start, this.end, expectation, plan);
    return this.fault === undefined;
  }
}

/** Spelled `Host`. */
function isHostPlain({ bytes, offsets, firsts }: HeadLines): boolean {
  const at = offsets[PER_FIELD * (firsts[KNOWN.host] ?? 0)] ?? 0;
  return bytes[at] === 0x48 && bytes[at + 1] === 0x6f && bytes[at + 2] === 0x73 && bytes[at + 3] === 0x74;
}

/** The framing field that came is the one that we would write. */
function isFramingPlain(reader: RequestReader<FastDestination>): boolean {
  const { framing, lines } = reader;
  switch (framing.kind) {
    case 'none':
      return isBodiless(reader.method);
    case 'length':
      return isLengthPlain(lines);
    case 'chunked':
      return isCodingPlain(lines);
    default:
      return framing satisfies never;
  }
}

/** A length without a leading zero; or none. */
export function isLengthPlain({ bytes, offsets, firsts, present }: HeadLines): boolean {
  if ((present & (1 << KNOWN['content-length'])) === 0) return true;
  const field = PER_FIELD * (firsts[KNOWN['content-length']] ?? 0);
  const from = offsets[field + 2] ?? 0;
  return bytes[from] !== ZERO || (offsets[field + 3] ?? 0) === from + 1;
}

/** `chunked` in small letters. */
function isCodingPlain({ bytes, offsets, firsts }: HeadLines): boolean {
  const from = offsets[PER_FIELD * (firsts[KNOWN['transfer-encoding']] ?? 0) + 2] ?? 0;
  for (let i = 0; i < CHUNKED.length; i += 1) if (bytes[from + i] !== CHUNKED.charCodeAt(i)) return false;
  return true;
}
