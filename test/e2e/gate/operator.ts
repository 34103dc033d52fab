// The folder of a gateway whose widenings need signatures: settings, policy, signers with real SSH keys, approvals. What a person of
// the operator does to files, in one place.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { wholeOf } from '../../../src/change/admission.js';
import { renderApproval } from '../../../src/change/approval-text.js';
import { addedBy, type Delta } from '../../../src/change/grant.js';
import { readCandidate, type Candidate } from '../../../src/control/candidate.js';
import { diffOf } from '../../../src/policy/diff.js';
import { PATHS } from '../../wire/harness/paths.js';
import { partner } from '../../wire/harness/policy-text.js';

export type Values = Readonly<Record<string, unknown>>;

/** Hosts of the policy below, and one that is nobody's. */
export const PAY = 'pay.acme.example';
export const BANK = 'bank.example';
export const OWN = 'mms.operator.example';
export const STRANGER = 'news.example';

const unchanged = (header: string): Values => ({ header, as: 'unchanged' });

/** Two partners and a service of ours, each with another header. */
export const PARTNERS = {
  pay: partner({ id: 'pay', hosts: [PAY], release: [unchanged('X-MSISDN'), unchanged('X-IMSI')] }),
  bank: partner({ id: 'bank', hosts: [BANK], release: [unchanged('X-IMSI')] }),
  own: partner({ id: 'mms', hosts: [OWN], own: true, release: [unchanged('X-Acme-Line')] }),
} as const;

export const WIDE = { pay: ['x-imsi', 'x-msisdn'], bank: ['x-imsi'], own: ['x-acme-line'] } as const;

/** The policy of these tests; `more` is over its top level. */
export function policyOf(more: Values = {}): Values {
  return {
    version: 1,
    identity: {
      headers: [{ name: 'X-Acme-Line', carries: 'msisdn' }],
      numbers: [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }],
    },
    detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' },
    partners: Object.values(PARTNERS),
    ...more,
  };
}

/** The O2 change: the name of our own enricher is gone from the policy, so that nothing takes the field away any more. */
export const O2 = policyOf({
  identity: { numbers: [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }] },
  partners: [PARTNERS.pay, PARTNERS.bank],
});

interface WideningOptions {
  readonly generation?: number;
  /** When it was made, milliseconds since the epoch. */
  readonly now?: number;
  readonly settings?: string;
  readonly signers?: readonly string[];
  /** Whom it is addressed to; default: whom the settings on disk name. */
  readonly audience?: string | null;
}

const run = promisify(execFile);

export class Operator {
  readonly folder = mkdtempSync(join(tmpdir(), 'headgate-gate-'));
  /** Of headgate.yaml, as last written. */
  settings: Values;
  #files = 0;

  private constructor(settings: Values) {
    this.settings = settings;
  }

  /** Makes the folder, with keys of `ops@operator.example` and `officer@operator.example`; `port` is that of every host. */
  static async make(port: number, more: Values = {}): Promise<Operator> {
    const operator = new Operator({
      listeners: [{ name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' }],
      metrics: { address: '127.0.0.1:0' },
      admin: { address: 'unix:admin.sock' },
      policy: 'policy.yaml',
      state: 'state',
      paths: PATHS,
      destinations: { default: `127.0.0.1:${port}`, permit: ['127.0.0.0/8'] },
      approval: { required: 1, signers: 'allowed_signers' },
      limits: { connections: 1000, drainTimeout: '2s' },
      skew: '0s',
      ...more,
    });
    mkdirSync(join(operator.folder, 'approvals'));
    operator.write('allowed_signers', `${await operator.person('ops')}\n${await operator.person('officer')}\n`);
    operator.writeSettings();
    operator.writePolicy(policyOf());
    return operator;
  }

  /** Makes a key for somebody; the line of `allowed_signers` that lets them sign. */
  async person(who: string, groups = ''): Promise<string> {
    const key = this.path(who);
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', who, '-f', key]);
    return `${who}@operator.example${groups} namespaces="headgate-approval" ${this.publicKey(who)}`;
  }

  publicKey(who: string): string {
    return readFileSync(`${this.path(who)}.pub`, 'utf8').trim();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content, { mode: 0o600 });
  }

  writePolicy(policy: Values): void {
    this.write('policy.yaml', JSON.stringify(policy, null, 2));
  }

  /** `more` is over the top level of what was written before, and stays. */
  writeSettings(more: Values = {}): void {
    this.settings = { ...this.settings, ...more };
    this.write('headgate.yaml', JSON.stringify(this.settings, null, 2));
  }

  /** A signed baseline of what lies on disk; its name. */
  baseline({ generation = 1, now = Date.now() }: { generation?: number; now?: number } = {}): Promise<string> {
    const candidate = this.#read(now);
    return this.#sign({ kind: 'baseline', generation, now, candidate, delta: wholeOf(candidate.effective, now) });
  }

  /**
   * A signed approval of all that lies on disk adds to `before`; its name. `signers`: names of keys in the folder, default `ops`,
   * who proposes, and `officer`; `settings`: the text of headgate.yaml before, default that on disk.
   */
  widening(
    before: Values,
    { generation = 1, now = Date.now(), settings, signers, audience }: WideningOptions = {},
  ): Promise<string> {
    this.write('before.yaml', JSON.stringify(before));
    if (settings !== undefined) this.write('before-headgate.yaml', settings);
    const candidate = this.#read(now);
    const file = settings === undefined ? 'headgate.yaml' : 'before-headgate.yaml';
    const old = this.#read(now, { file, policyFile: this.path('before.yaml') });
    const delta = addedBy(diffOf(old.effective, candidate.effective, now));
    return this.#sign({
      kind: 'widening',
      generation,
      now,
      candidate,
      delta,
      ...(signers === undefined ? {} : { signers }),
      ...(audience === undefined ? {} : { audience }),
    });
  }

  /** The approval with its signatures. */
  forget(approval: string): void {
    for (const suffix of ['', '.sig', '.sig.2']) rmSync(this.path(`approvals/${approval}${suffix}`), { force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(now: number, { file = 'headgate.yaml', policyFile }: { file?: string; policyFile?: string } = {}): Candidate {
    const machine = { processors: 1, descriptors: null };
    const { outcome } = readCandidate(this.path(file), {
      now,
      machine,
      folder: this.folder,
      ...(policyFile === undefined ? {} : { policyFile }),
    });
    if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('; '));
    return outcome.value;
  }

  async #sign(order: {
    readonly kind: 'baseline' | 'widening';
    readonly generation: number;
    readonly now: number;
    readonly candidate: Candidate;
    readonly delta: Delta;
    readonly signers?: readonly string[];
    readonly audience?: string | null;
  }): Promise<string> {
    const { kind, generation, now, candidate, delta, signers = ['ops', 'officer'] } = order;
    const { audience = candidate.rule.audience } = order;
    this.#files += 1;
    const name = `${kind}-${this.#files}.approval.yaml`;
    const text = renderApproval({
      kind,
      audience,
      generation,
      proposer: 'ops@operator.example',
      reason: 'a test',
      ticket: null,
      createdMs: now,
      applyBeforeMs: now + 72 * 3_600_000,
      untilMs: null,
      base: null,
      candidate: candidate.policy.digest,
      delta,
    });
    // Signed elsewhere, so that the folder never has it with half of its signatures.
    const draft = this.path(`draft-${this.#files}`);
    for (const [index, who] of signers.entries()) {
      const suffix = index === 0 ? '.sig' : `.sig.${index + 1}`;
      writeFileSync(draft, text);
      await run('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'headgate-approval', '-f', this.path(who), draft]);
      writeFileSync(this.path(`approvals/${name}${suffix}`), readFileSync(`${draft}.sig`));
      rmSync(`${draft}.sig`);
    }
    rmSync(draft, { force: true });
    writeFileSync(this.path(`approvals/${name}`), text);
    return name;
  }
}
