// What the admin API asks, answered by the gate and the lockdown switch. Judges nothing itself.
import type { JudgedApproval } from '../change/approvals.js';
import { saysOf, saysOfSetting } from '../change/grant-words.js';
import type { AdminActions, ListedApproval, ReloadAnswer } from './admin-actions.js';
import { AdminRefusal } from './admin-refusal.js';
import type { Gate, Judged } from './gate.js';
import type { GatewayStatus } from './gateway-status.js';
import { lockdownOf } from './gateway-status-of.js';
import { readHistoryPage } from './history-page.js';
import type { Detection } from './detection.js';
import type { FleetDesk } from './fleet-desk.js';
import type { LockdownSwitch } from './lockdown.js';

export interface AdminParts {
  readonly status: () => GatewayStatus;
  readonly gate: () => Gate | undefined;
  readonly lockdown: () => LockdownSwitch | undefined;
  /** How many carry traffic. */
  readonly workers: () => number;
  /** Undefined while it starts or ends. */
  readonly reload: () => Promise<Judged | undefined>;
  readonly stateFolder: string;
  readonly detection: Detection;
  readonly fleet: FleetDesk;
}

/** Codes of the switch that are codes of the API too; the others are its own trouble. */
const LOCKDOWN_REFUSALS = ['partner-unknown', 'lockdown-absent', 'lockdown-file'] as const;
/** What an approval covers is said in so many lines. */
const LINES_MOST = 200;

export function adminActionsOf(parts: AdminParts): AdminActions {
  const gate = (): Gate => parts.gate() ?? unavailable();
  const lockdown = (): LockdownSwitch => parts.lockdown() ?? unavailable();
  return {
    status: () => Promise.resolve(parts.status()),
    policy: () => {
      const { served, sinceMs } = gate();
      if (served === null) unavailable('no policy is in force: everything is withheld');
      const { digest, engine, policy, gated } = served.record;
      return Promise.resolve({ digest, since: new Date(sinceMs).toISOString(), engine, policy, gated });
    },
    reload: async () => answerOf((await parts.reload()) ?? unavailable(), parts.status()),
    lockdown: () => Promise.resolve(lockdownOf(lockdown().state)),
    setLockdown: async ({ state, partner, reason, by }) => {
      const order = { partner, reason, by };
      const { isDone, problems } = await (state === 'on'
        ? lockdown().on({ ...order, via: 'api' })
        : lockdown().off(order));
      const [problem] = problems;
      if (!isDone) {
        const code = LOCKDOWN_REFUSALS.find((each) => each === problem?.code) ?? 'unavailable';
        throw new AdminRefusal(code, [problem?.message, problem?.help].filter((text) => text !== undefined).join(': '));
      }
      return {
        lockdown: lockdownOf(lockdown().state),
        workers: parts.workers(),
        recorded: problem === undefined,
        problem: problem?.message ?? null,
        announced: state === 'on' ? await parts.fleet.announced() : null,
      };
    },
    approvals: () => Promise.resolve({ approvals: (gate().lastVerdict?.approvals ?? []).flatMap(listed) }),
    history: (query) => Promise.resolve(readHistoryPage(parts.stateFolder, query)),
    leaks: (seconds) => Promise.resolve(parts.detection.leaks.answer(seconds)),
    headers: () => Promise.resolve(parts.detection.headers ?? unavailable()),
    fleet: () => Promise.resolve(parts.fleet.answer),
    candidate: () => {
      const { candidate, refusedDiff } = gate();
      return Promise.resolve({ candidate: candidate === null ? null : { ...candidate, diff: refusedDiff } });
    },
  };
}

function unavailable(message = 'the gateway starts or ends'): never {
  throw new AdminRefusal('unavailable', message);
}

function answerOf(judged: Judged, status: GatewayStatus): ReloadAnswer {
  const { timezone, digest } = status;
  if (judged.kind === 'refused') return { outcome: 'refused', timezone, digest, candidate: judged.candidate };
  const { record, direction, messages, witnesses, breakGlass } = judged.verdict;
  return {
    outcome: 'admitted',
    timezone,
    digest: record.digest,
    generation: record.generation,
    direction: judged.isChanged ? direction : 'equivalent',
    messages,
    witnesses,
    breakGlassUntil: breakGlass === null ? null : new Date(breakGlass.until).toISOString(),
    restartNeeded: status.restartNeeded,
  };
}

/** A text that cannot be read is no approval; the log and `headgate approvals` name it. */
function listed({ file, approval, signers, faults, why }: JudgedApproval): readonly ListedApproval[] {
  if (approval === null) return [];
  const { kind, generation, proposer, applyBeforeMs, untilMs, delta } = approval;
  return [
    {
      file,
      kind,
      generation,
      proposer,
      applyBefore: new Date(applyBeforeMs).toISOString(),
      until: untilMs === null ? null : new Date(untilMs).toISOString(),
      approvers: [...new Set(signers.map(({ person }) => person))],
      counts: why === null,
      why: [...(why === null ? [] : [why.message]), ...faults.map((fault) => `${fault.file}: ${fault.message}`)],
      covers: [...delta.releases.map(saysOf), ...delta.settings.map(saysOfSetting)].slice(0, LINES_MOST),
    },
  ];
}
