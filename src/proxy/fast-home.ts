// What a client connection of the fast path knows of the listener that accepted it.
import type { Socket } from 'node:net';
import type { RequestReading } from '../http/request-reader.js';
import type { Waiting } from './deadlines.js';
import type { FastDestination, FastDestinations } from './fast-destination.js';
import type { FastShared, FastSlots } from './fast-shared.js';
import type { Limits } from './settings.js';
import type { Tap } from './tap.js';

export interface FastHome<Client> {
  readonly name: string;
  readonly fast: FastShared;
  readonly limits: Limits;
  readonly slots: FastSlots;
  readonly reading: RequestReading<FastDestination>;
  /** Of the stretch that the last request was read in. */
  readonly destinations: FastDestinations;
  /** Nothing is in quarantine here: the plan on bytes may decide. */
  readonly isPlain: boolean;
  readonly hasSlowPath: boolean;
  /** Its time limit is looked at again. */
  watch(client: Waiting): void;
  /** `isHandedOver`: the connection goes on elsewhere. */
  forget(client: Client, isHandedOver: boolean): void;
  /** A well-formed head of the closed list, and what came behind it, at the start of a request. */
  handOver(socket: Socket, tap: Tap, bytes: Buffer): void;
}
