// What the gate says of what it did: a line for people and a record in the history. It decides nothing.
import type { JudgedApproval } from '../change/approvals.js';
import type { Way } from '../change/history-record.js';
import type { Log } from '../telemetry/log.js';
import type { GateMemory } from './gate-memory.js';
import type { AdmittedVerdict, RefusedVerdict, Verdict } from './verdict.js';

/** Messages of a refusal that the history keeps. */
const KEPT = 20;

export class GateChronicle {
  readonly #memory: GateMemory;
  readonly #log: Log;
  /** Approvals that were recorded, each with what became of it. */
  readonly #approvals = new Set<string>();

  constructor({ memory, log }: { readonly memory: GateMemory; readonly log: Log }) {
    this.#memory = memory;
    this.#log = log;
  }

  /** Each approval once, and once more when it begins or ceases to count. */
  approvals({ approvals }: Verdict): void {
    for (const { approval, signers, why } of approvals) {
      const key = `${approval?.id ?? ''} ${why?.code ?? ''}`;
      if (approval === null || this.#approvals.has(key)) continue;
      this.#approvals.add(key);
      const { id, kind, proposer } = approval;
      const people = peopleOf(signers);
      this.#memory.append({ kind: 'approval', approval: id, of: kind, proposer, people, fault: why?.code ?? null });
    }
  }

  /** `from`: what was in force before; null: nothing. */
  admitted(verdict: AdmittedVerdict, from: string | null, way: Way): void {
    const { record, direction, people, messages, breakGlass, warnings } = verdict;
    for (const line of warnings) this.#log.warn('configuration-warning', line);
    this.approvals(verdict);
    const { digest, generation, approvals } = record;
    this.#memory.append({ kind: 'candidate', digest, from, direction, way });
    const [summary = direction, ...changes] = messages;
    if (breakGlass === null) {
      this.#memory.append({ kind: 'admitted', digest, from, direction, generation, approvals, people });
      const message = `policy ${digest.slice(0, 7)}… admitted: ${summary}`;
      this.#log.info('policy-admitted', message, { digest, direction, generation, way, changes });
      return;
    }
    const until = new Date(breakGlass.until).toISOString();
    this.#memory.append({ kind: 'break-glass-on', digest, from, until, approval: breakGlass.approval, people });
    const message = `break-glass: policy ${digest.slice(0, 7)}… is in force until ${until}, by ${breakGlass.by}`;
    this.#log.error('break-glass', message, { digest, until, changes });
  }

  /** `running`: what stays in force; null: nothing. `since`: milliseconds since the epoch. */
  refused(
    verdict: RefusedVerdict,
    running: { readonly digest: string; readonly since: number } | null,
    way: Way,
  ): void {
    const { code, digest, direction, messages, witnesses, heldUp } = verdict;
    const from = running?.digest ?? null;
    const still =
      running === null
        ? 'nothing is in force, everything is withheld'
        : `still serving ${running.digest.slice(0, 7)}… from ${new Date(running.since).toISOString()}`;
    const count = `${messages.length} ${messages.length === 1 ? 'problem' : 'problems'}`;
    this.#log.error('policy-not-replaced', `policy not replaced: ${count} [${code}], ${still}`, {
      digest: from,
      candidate: digest,
      direction,
      cause: code,
      way,
      problems: messages,
      witnesses: witnesses.map(({ url }) => url),
      heldUp: heldUp.map((each) => `${each.message}; at once: ${each.lockdown}`),
    });
    this.approvals(verdict);
    if (digest !== null && direction !== null) {
      this.#memory.append({ kind: 'candidate', digest, from, direction, way });
    }
    this.#memory.append({ kind: 'refused', digest, from, code, way, uncovered: messages.slice(0, KEPT) });
  }
}

function peopleOf(signers: JudgedApproval['signers']): readonly string[] {
  return [...new Set(signers.map(({ person }) => person))];
}
