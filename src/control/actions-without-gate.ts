// The admin actions of a gateway that has no change gate yet: it tells the policy in force and can do nothing else.
import type { AdminActions } from './admin-actions.js';
import { AdminRefusal } from './admin-refusal.js';
import type { RunningPolicy } from './gateway-status.js';

export function actionsWithoutGate(running: () => RunningPolicy): AdminActions {
  const unavailable = (): Promise<never> =>
    Promise.reject(
      new AdminRefusal('unavailable', 'this gateway has no change gate: it tells its policy and nothing else'),
    );
  return {
    policy: () => Promise.resolve(running()),
    status: unavailable,
    reload: unavailable,
    lockdown: unavailable,
    setLockdown: unavailable,
    approvals: unavailable,
    history: unavailable,
    candidate: unavailable,
  };
}
