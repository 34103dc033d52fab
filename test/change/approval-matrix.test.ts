// The approval matrix: which signed files carry a change. Keys, files and signatures are real, and ssh-keygen is asked of each signature;
// where the two differ, the row says so.
import { admissionOf, wholeOf, type AdmissionQuestion, type Effective } from '../../src/change/admission.js';
import type { RunningRule } from '../../src/change/admitted.js';
import type { Approval } from '../../src/change/approval.js';
import { renderApproval } from '../../src/change/approval-text.js';
import type { ApprovalFile } from '../../src/change/approvals.js';
import { addedBy } from '../../src/change/grant.js';
import { diffOf } from '../../src/policy/diff.js';
import { digestOf, effectiveOf, ENGINE } from '../../src/policy/effective.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { compiled, NOW, partnerFile } from '../policy/fixture.js';
import { describeWith } from '../programs.js';
import { handsOf, type Hand } from './signing-hands.js';
import { SshBench } from './ssh-bench.js';

const HOUR = 3_600_000;
const AUDIENCE = 'edge-prod-lon';
const GATED = { 'approval.required': 2, skewMs: 30_000 };

const side = (...partners: Record<string, unknown>[]): Effective => {
  const { policy } = compiled({ partners });
  return { ruleset: rulesetOf(policy, digestOf(effectiveOf(policy, GATED))), gated: GATED, engine: ENGINE };
};
const bank = partnerFile();
const taxi = partnerFile({ id: 'taxi', hosts: ['api.taxi.example'] });
const shopOn = (...hosts: string[]): Record<string, unknown> => partnerFile({ id: 'shop', hosts });
const shop = shopOn('pay.shop.example');
const [BEFORE, AFTER] = [side(bank), side(bank, shop)];
const BASELINE = { kind: 'baseline', generation: 1, delta: wholeOf(AFTER, NOW - HOUR) } as const;
const TAKEN = [{ at: NOW - HOUR / 2, delta: addedBy(diffOf(BEFORE, AFTER, NOW - HOUR)) }];

describeWith(['ssh-keygen'], 'signed files carry a change, or do not', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());

  const {
    alice,
    bob,
    bobAgain,
    bobElsewhere,
    bobsKey,
    carol,
    dave,
    daveUntouched,
    erin,
    frank,
    grace,
    heidi,
    mallory,
    listed,
  } = handsOf(bench);
  const SIGNERS = listed.map(({ line }) => `${line}\n`).join('');
  const RULE: RunningRule = {
    required: 2,
    groups: { privacy: 1 },
    audience: AUDIENCE,
    signers: SIGNERS,
    revoked: null,
  };

  interface Signed extends ApprovalFile {
    readonly hands: readonly Hand[];
    readonly createdMs: number;
  }
  let serial = 0;
  const signed = (hands: readonly Hand[], more: Partial<Approval> = {}, [from, to] = [BEFORE, AFTER]): Signed => {
    serial += 1;
    const createdMs = more.createdMs ?? NOW - HOUR;
    const text = renderApproval({
      kind: 'widening',
      audience: AUDIENCE,
      generation: 0,
      proposer: alice.person,
      reason: `a second shop ${serial}`,
      ticket: null,
      createdMs,
      applyBeforeMs: NOW + HOUR,
      untilMs: null,
      base: null,
      candidate: 'c',
      delta: addedBy(diffOf(from, to, createdMs)),
      ...more,
    });
    const file = `${serial}.approval.yaml`;
    const signatures = hands.map((hand, index) => ({ name: `${file}.sig.${index}`, text: hand.sign(text) }));
    return { name: file, text, signatures, hands, createdMs };
  };
  const changed = (file: Signed): Signed => ({ ...file, text: file.text.replace('second shop', 'second shoq') });

  interface Row {
    readonly files: readonly Signed[];
    readonly rule?: Partial<RunningRule>;
    readonly asked?: Partial<Omit<AdmissionQuestion, 'files' | 'running'>>;
    readonly running?: Effective | null;
    readonly candidate?: Effective;
    /** `admitted`, or the code of the refusal. */
    readonly is: string;
    /** Why files and signatures do not count, in their order. */
    readonly why?: readonly string[];
    /** Part of the tally of the first point that is not covered, or the point itself. */
    readonly says?: string;
    /** Signatures that ssh-keygen does not accept, by person. */
    readonly unaccepted?: readonly Hand[];
  }

  const at = (ms: number): string => `${new Date(ms).toISOString().replace(/[-:T]|\..*/g, '')}Z`;
  const isAccepted = ({ text, createdMs }: Signed, hand: Hand, signature: string, revoked: string | null): boolean =>
    bench.accepts({
      signers: SIGNERS,
      message: Buffer.from(text),
      signature,
      person: hand.person,
      time: at(createdMs),
      ...(revoked === null ? {} : { revoked }),
    });

  const all = (): readonly Hand[] => [alice, bob, carol];
  const TABLE: readonly (readonly [string, () => Row])[] = [
    ['the proposer and two people, one of the group', () => ({ files: [signed(all())], is: 'admitted' })],
    ['too few', () => ({ files: [signed(all())], rule: { required: 3 }, is: 'not-approved', says: '2 of 3 people' })],
    ['nobody but the proposer', () => ({ files: [signed([alice])], is: 'not-approved', why: ['approval-too-few'] })],
    [
      'the proposer is counted out',
      () => ({ files: [signed([alice, bob])], is: 'not-approved', says: '1 of 2 people; group `privacy`: 1 of 1' }),
    ],
    [
      'the proposer did not sign',
      () => ({ files: [signed([bob, carol])], is: 'not-approved', why: ['approval-proposer'] }),
    ],
    [
      'one person with two keys is one person',
      () => ({ files: [signed([alice, bob, bobAgain])], is: 'not-approved', says: '1 of 2 people' }),
    ],
    [
      'nobody of the group',
      () => ({
        files: [signed([alice, carol, frank])],
        is: 'not-approved',
        says: '2 of 2 people; group `privacy`: 0 of 1',
      }),
    ],
    [
      'somebody who is not in the list',
      () => ({
        files: [signed([alice, bob, mallory])],
        is: 'not-approved',
        why: ['signer-unknown'],
        unaccepted: [mallory],
      }),
    ],
    [
      'applied too late',
      () => ({ files: [signed(all(), { applyBeforeMs: NOW - 1000 })], is: 'not-approved', why: ['approval-too-late'] }),
    ],
    [
      'not yet',
      () => ({
        files: [signed([alice, bob, carol], { createdMs: NOW + HOUR, applyBeforeMs: NOW + 2 * HOUR })],
        is: 'not-approved',
        why: ['approval-not-yet'],
      }),
    ],
    [
      'for another audience',
      () => ({
        files: [signed(all(), { audience: 'edge-prod-man' })],
        is: 'not-approved',
        why: ['approval-audience'],
      }),
    ],
    [
      'for no audience, where there is one',
      () => ({ files: [signed(all(), { audience: null })], is: 'not-approved', why: ['approval-audience'] }),
    ],
    [
      'of an older generation',
      () => ({
        files: [signed(all())],
        asked: { highestGeneration: 1 },
        is: 'not-approved',
        why: ['approval-generation'],
      }),
    ],
    [
      'a signature for another namespace',
      () => ({
        files: [signed([alice, bobElsewhere, carol])],
        is: 'not-approved',
        why: ['signature-namespace'],
        unaccepted: [bobElsewhere],
      }),
    ],
    [
      'one byte of the text changed after it was signed',
      () => ({
        files: [changed(signed(all()))],
        is: 'not-approved',
        why: ['approval-proposer', 'signature-invalid', 'signature-invalid', 'signature-invalid'],
        unaccepted: all(),
      }),
    ],
    [
      'a revoked key',
      () => ({
        files: [signed(all())],
        rule: { revoked: `${bobsKey.line}\n` },
        is: 'not-approved',
        why: ['key-revoked'],
        unaccepted: [bob],
      }),
    ],
    [
      'a key that lies revoked on disk counts no more, though what runs does not know yet',
      () => ({
        files: [signed(all())],
        asked: { candidate: { effective: AFTER, rule: { ...RULE, revoked: `${bobsKey.line}\n` } } },
        is: 'not-approved',
        why: ['key-revoked'],
      }),
    ],
    [
      'a key that had ended when the approval was made',
      () => ({
        files: [signed([alice, bob, heidi])],
        is: 'not-approved',
        why: ['signer-expired'],
        unaccepted: [heidi],
      }),
    ],
    ['a key that has ended since', () => ({ files: [signed([alice, bob, grace])], is: 'admitted' })],
    [
      'for less than the candidate adds',
      () => ({
        files: [signed(all())],
        candidate: side(bank, shopOn('pay.shop.example', 'buy.shop.example')),
        is: 'not-approved',
        says: 'buy.shop.example',
      }),
    ],
    [
      'one label more than was signed',
      () => ({
        files: [signed(all())],
        candidate: side(bank, shopOn('x.pay.shop.example')),
        is: 'not-approved',
        says: 'x.pay.shop.example',
      }),
    ],
    [
      'for more than the candidate adds',
      () => ({ files: [signed(all(), {}, [BEFORE, side(bank, shopOn('*.shop.example'))])], is: 'admitted' }),
    ],
    [
      'two approvals, each of one half of the hosts',
      () => ({
        files: ['a.shop.example', 'b.shop.example'].map((host) =>
          signed(all(), {}, [BEFORE, side(bank, shopOn(host))]),
        ),
        candidate: side(bank, shopOn('a.shop.example', 'b.shop.example')),
        is: 'admitted',
      }),
    ],
    [
      'two approvals, each with one half of the people',
      () => ({ files: [signed([alice, bob]), signed([alice, carol])], is: 'admitted' }),
    ],
    [
      'two approvals of the same half of the people',
      () => ({ files: [signed([alice, bob]), signed([alice, bob])], is: 'not-approved', says: '1 of 2 people' }),
    ],
    [
      'after another partner’s change',
      () => ({
        files: [signed(all())],
        running: side(bank, taxi),
        candidate: side(bank, taxi, shop),
        is: 'admitted',
      }),
    ],
    [
      'together with another partner’s change that nobody approved',
      () => ({
        files: [signed(all())],
        candidate: side(bank, taxi, shop),
        is: 'not-approved',
        says: 'api.taxi.example',
      }),
    ],
    [
      'after a narrowing took it away',
      () => ({
        files: [signed(all())],
        asked: { narrowings: TAKEN },
        is: 'not-approved',
        says: '0 of 2 people',
      }),
    ],
    [
      'made after that narrowing',
      () => ({
        files: [signed(all(), { createdMs: NOW - HOUR / 4 })],
        asked: { narrowings: TAKEN },
        is: 'admitted',
      }),
    ],
    [
      'a baseline for a gateway that knows nothing',
      () => ({
        files: [signed(all(), BASELINE)],
        running: null,
        is: 'admitted',
      }),
    ],
    [
      'a baseline that too few signed',
      () => ({
        files: [signed([alice, bob], BASELINE)],
        running: null,
        is: 'no-baseline',
        why: ['approval-too-few'],
      }),
    ],
    [
      'a widening, however many signed, where nothing is known',
      () => ({ files: [signed(all())], running: null, is: 'no-baseline' }),
    ],
    [
      'a break-glass of one person',
      () => ({ files: [signed([alice], { kind: 'break-glass', untilMs: NOW + HOUR })], is: 'admitted' }),
    ],
    [
      'a break-glass that its proposer did not sign',
      () => ({
        files: [signed([bob, carol], { kind: 'break-glass', untilMs: NOW + HOUR })],
        is: 'not-approved',
        why: ['approval-proposer'],
      }),
    ],
    ...(
      [
        ['ed25519', () => bobAgain],
        ['ecdsa p-256', () => bob],
        ['ecdsa p-521', () => frank],
        ['rsa', () => carol],
        ['sk-ed25519', () => dave],
        ['sk-ecdsa', () => erin],
      ] as const
    ).map(
      ([kind, hand]) =>
        [
          `signed with ${kind}`,
          () => ({ files: [signed([alice, hand()])], rule: { required: 1, groups: {} }, is: 'admitted' }),
        ] as const,
    ),
    [
      'signed with a hardware key that nobody touched, which ssh-keygen accepts',
      () => ({
        files: [signed([alice, daveUntouched])],
        rule: { required: 1, groups: {} },
        is: 'not-approved',
        why: ['approval-too-few', 'presence-missing'],
      }),
    ],
  ];

  test.each(TABLE)('%s', (_, build) => {
    const row = build();
    const rule = { ...RULE, ...row.rule };
    const running = row.running === undefined ? BEFORE : row.running;
    const admission = admissionOf({
      running: running === null ? null : { effective: running, rule },
      candidate: { effective: row.candidate ?? AFTER, rule },
      ceiling: null,
      testProblems: [],
      files: row.files,
      narrowings: [],
      highestGeneration: 0,
      now: NOW,
      skewMs: 30_000,
      ...row.asked,
    });
    expect(admission.kind === 'admitted' ? 'admitted' : admission.code).toBe(row.is);
    const { judged } = admission.approvals;
    const why = judged.flatMap((each) => [
      ...(each.why === null ? [] : [each.why.code]),
      ...each.faults.map(({ code }) => code),
    ]);
    expect(why).toEqual(row.why ?? []);
    if (row.says !== undefined) {
      const points = admission.kind === 'refused' ? admission.uncovered : [];
      expect(points.map(({ host, tally }) => `${host} ${tally}`).join('\n')).toContain(row.says);
    }
    const unaccepted = row.files.flatMap((file) =>
      file.hands.filter((hand, index) => !isAccepted(file, hand, file.signatures[index]?.text ?? '', rule.revoked)),
    );
    expect(unaccepted.map(({ person }) => person)).toEqual((row.unaccepted ?? []).map(({ person }) => person));
  });
});
