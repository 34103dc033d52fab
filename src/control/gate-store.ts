// What the gate keeps, by name: its state, earlier policies, lockdowns, the clock. Knows files and shapes, not what they mean.
import { join } from 'node:path';
import { EARLIER_POLICY, GATE_STATE, LOCKDOWN_STATE, NOVELTY_STATE } from '../change/state-documents.js';
import type { AdmittedRecord } from '../change/admitted.js';
import type { GateState, LockdownState, NoveltyState } from '../change/gate-state.js';
import type { StateFolder, StateReading, Written } from './state-folder.js';

const POLICY_FILE = /^[0-9a-f]{64}\.json$/;

export class GateStore {
  readonly #folder: StateFolder;
  /** Records that this process has written already. */
  readonly #kept = new WeakSet<AdmittedRecord>();

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  readState(): StateReading<GateState> {
    return this.#folder.read(GATE_STATE, 'state.json');
  }

  /** The records in `policies/` first, so that every digest of the state can be read; then the state; then what it no longer names goes. */
  writeState(state: GateState): Written {
    const running = [state.current, ...(state.breakGlass === null ? [] : [state.breakGlass.record])];
    for (const record of running) {
      if (this.#kept.has(record)) continue;
      const written = this.#folder.write(EARLIER_POLICY, policyFileOf(record.digest), { version: 1, record });
      if (!written.ok) return written;
      this.#kept.add(record);
    }
    const written = this.#folder.write(GATE_STATE, 'state.json', state);
    if (written.ok) this.#forget(new Set([...running.map(({ digest }) => digest), ...state.previous]));
    return written;
  }

  /** An admitted policy by its digest; `value: null`: it is not kept (any more). */
  readEarlier(digest: string): StateReading<AdmittedRecord> {
    const reading = this.#folder.read(EARLIER_POLICY, policyFileOf(digest));
    return reading.ok ? { ok: true, value: reading.value?.record ?? null } : reading;
  }

  /** A problem means: it is not known what is locked down, and everything must be. */
  readLockdown(): StateReading<LockdownState> {
    return this.#folder.read(LOCKDOWN_STATE, 'lockdown.json');
  }

  writeLockdown(lockdown: LockdownState): Written {
    return this.#folder.write(LOCKDOWN_STATE, 'lockdown.json', lockdown);
  }

  /** A problem means: it is not known what was in quarantine. */
  readNovelty(): StateReading<NoveltyState> {
    return this.#folder.read(NOVELTY_STATE, 'novelty.json');
  }

  writeNovelty(novelty: NoveltyState): Written {
    return this.#folder.write(NOVELTY_STATE, 'novelty.json', novelty);
  }

  #forget(wanted: ReadonlySet<string>): void {
    for (const name of this.#folder.names('policies')) {
      if (!POLICY_FILE.test(name) || wanted.has(name.slice(0, 64))) continue;
      try {
        this.#folder.files.rmSync(join(this.#folder.path, 'policies', name), { force: true });
      } catch {
        // One policy too many is kept; the next write tries again.
      }
    }
  }
}

function policyFileOf(digest: string): string {
  return `policies/${digest}.json`;
}
