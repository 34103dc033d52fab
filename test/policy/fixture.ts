// A policy for tests, from the few lines that a test is about.
import { compilePolicy, type Compiled } from '../../src/policy/compile.js';

/** 22 November 2026, noon UTC. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');

const DEFAULTS = {
  id: 'bank',
  name: 'Bank plc',
  purpose: 'age verification',
  owner: 'partners@operator.example',
  hosts: ['pay.bank.example'],
  transport: 'tls',
  release: [{ header: 'X-MSISDN', as: 'unchanged' }],
  until: '2027-12-31',
};

/** A partner of the policy file; what is not given is usual. */
export function partnerFile(over: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...DEFAULTS, ...over };
}

/** The YAML text (as JSON, which YAML 1.2 includes) of a policy file. */
export function policyText(file: Record<string, unknown>): string {
  return JSON.stringify({ version: 1, ...file }, null, 1);
}

/** A policy that must compile. Fails with the first problem otherwise. */
export function compiled(file: Record<string, unknown>, now: number = NOW): Compiled {
  const outcome = compilePolicy({ file: 'policy.yaml', text: policyText(file) }, { now });
  if (!outcome.ok) throw new Error(outcome.problems.map((problem) => problem.message).join('; '));
  return outcome.value;
}
