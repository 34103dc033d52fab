// What is admitted adds nothing that is not approved: rows, and a property over random policies.
import fc from 'fast-check';
import {
  admissionOf,
  wholeOf,
  type Admission,
  type AdmissionQuestion,
  type Effective,
} from '../../src/change/admission.js';
import type { RunningRule } from '../../src/change/admitted.js';
import type { Approval } from '../../src/change/approval.js';
import { renderApproval } from '../../src/change/approval-text.js';
import type { ApprovalFile } from '../../src/change/approvals.js';
import { addedBy, type Delta } from '../../src/change/grant.js';
import { diffOf } from '../../src/policy/diff.js';
import { digestOf, effectiveOf, ENGINE } from '../../src/policy/effective.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { GatedSettings } from '../../src/policy/setting-rules.js';
import { compiled, NOW, partnerFile } from '../policy/fixture.js';

const GATED: GatedSettings = {
  'listeners.internet.trust': ['10.20.0.0/16'],
  'listeners.internet.clients': ['10.0.0.0/8'],
  'destinations.refusedPorts': ['22', '25'],
  'approval.required': 0,
  skewMs: 30_000,
};
const RULE: RunningRule = { required: 0, groups: {}, audience: 'edge', signers: null, revoked: null };
const HOUR = 3_600_000;

const side = (
  file: Record<string, unknown>,
  gated: GatedSettings = GATED,
  meaning: number = ENGINE.meaning,
): Effective => {
  const { policy } = compiled(file);
  return { ruleset: rulesetOf(policy, digestOf(effectiveOf(policy, gated))), gated, engine: { ...ENGINE, meaning } };
};
const bank = partnerFile();
const shop = partnerFile({ id: 'shop', hosts: ['pay.shop.example'] });
const own = { headers: [{ name: 'X-Acme-Line', carries: 'msisdn' }] };
const ONE = side({ partners: [bank] });
const TWO = side({ partners: [bank, shop] });
const O2 = side({ identity: own, partners: [bank] });

let serial = 0;
const fileOf = (delta: Delta, more: Partial<Approval> = {}): ApprovalFile => {
  const text = renderApproval({
    kind: 'widening',
    audience: 'edge',
    generation: 0,
    proposer: 'alice@operator.example',
    reason: `reason ${(serial += 1)}`,
    ticket: null,
    createdMs: NOW - HOUR,
    applyBeforeMs: NOW + HOUR,
    untilMs: null,
    base: null,
    candidate: 'c',
    delta,
    ...more,
  });
  return { name: 'a.approval.yaml', text, signatures: [] };
};
const widening = (a: Effective, b: Effective, more: Partial<Approval> = {}): ApprovalFile =>
  fileOf(addedBy(diffOf(a, b, NOW - HOUR)), more);
const baseline = (of: Effective, more: Partial<Approval> = {}): ApprovalFile =>
  fileOf(wholeOf(of, NOW - HOUR), { kind: 'baseline', generation: 1, ...more });

const judge = (running: Effective | null, candidate: Effective, more: Partial<AdmissionQuestion> = {}): Admission =>
  admissionOf({
    running: running === null ? null : { effective: running, rule: RULE },
    candidate: { effective: candidate, rule: RULE },
    ceiling: null,
    testProblems: [],
    files: [],
    narrowings: [],
    highestGeneration: 0,
    now: NOW,
    skewMs: 30_000,
    ...more,
  });
const outcomeOf = (admission: Admission): string => (admission.kind === 'admitted' ? 'admitted' : admission.code);

describe('over a policy that runs', () => {
  test('narrower and equal policies need no one', () => {
    expect(outcomeOf(judge(TWO, ONE))).toBe('admitted');
    expect(outcomeOf(judge(ONE, ONE))).toBe('admitted');
  });

  test('a wider one is refused with who gains what, and admitted with the approval of it', () => {
    const refused = judge(ONE, TWO);
    expect(outcomeOf(refused)).toBe('not-approved');
    expect(
      refused.kind === 'refused' && refused.uncovered.map(({ change, host, tally }) => [change.member.id, host, tally]),
    ).toEqual([
      ['name:xmsisdn', 'pay.shop.example', 'no approval'],
      ['other:novel', 'pay.shop.example', 'no approval'],
    ]);
    expect(outcomeOf(judge(ONE, TWO, { files: [widening(ONE, TWO)] }))).toBe('admitted');
  });

  test('an approval of one change carries it over what others changed meanwhile', () => {
    const third = partnerFile({ id: 'taxi', hosts: ['api.taxi.example'] });
    const file = widening(ONE, TWO);
    expect(
      outcomeOf(judge(side({ partners: [bank, third] }), side({ partners: [bank, third, shop] }), { files: [file] })),
    ).toBe('admitted');
    expect(outcomeOf(judge(ONE, side({ partners: [bank, third, shop] }), { files: [file] }))).toBe('not-approved');
  });

  test('an own name dropped is a release to everyone', () => {
    const refused = judge(O2, ONE);
    expect(refused.kind === 'refused' && refused.uncovered.map(({ change }) => change.member.id)).toEqual([
      'name:xacmeline',
    ]);
    expect(outcomeOf(judge(ONE, O2))).toBe('admitted');
  });

  test.each<[string, GatedSettings]>([
    ['one more trusted address', { ...GATED, 'listeners.internet.trust': ['10.20.0.0/16', '10.30.0.0/16'] }],
    ['a listener that believes everyone', { ...GATED, 'listeners.internet.trust': 'path' }],
    ['a refused port less', { ...GATED, 'destinations.refusedPorts': ['22'] }],
    ['a static address', { ...GATED, 'destinations.hosts.pay.bank.example': '192.0.2.7:80' }],
    ['another clock skew', { ...GATED, skewMs: 0 }],
    ['a setting that nobody knows', { ...GATED, 'some.thing': 'new' }],
  ])('%s is refused, and admitted with an approval', (_, gated) => {
    const candidate = side({ partners: [bank] }, gated);
    expect(outcomeOf(judge(ONE, candidate))).toBe('not-approved');
    expect(outcomeOf(judge(ONE, candidate, { files: [widening(ONE, candidate)] }))).toBe('admitted');
  });

  test('an approval of one trusted address is none of another', () => {
    const with30 = side(
      { partners: [bank] },
      { ...GATED, 'listeners.internet.trust': ['10.20.0.0/16', '10.30.0.0/16'] },
    );
    const with40 = side(
      { partners: [bank] },
      { ...GATED, 'listeners.internet.trust': ['10.20.0.0/16', '10.40.0.0/16'] },
    );
    const both = side(
      { partners: [bank] },
      { ...GATED, 'listeners.internet.trust': ['10.20.0.0/16', '10.30.0.0/16', '10.40.0.0/16'] },
    );
    const files = [widening(ONE, with30)];
    expect(outcomeOf(judge(ONE, with40, { files }))).toBe('not-approved');
    expect(outcomeOf(judge(ONE, both, { files }))).toBe('not-approved');
    expect(outcomeOf(judge(with40, both, { files }))).toBe('admitted');
  });

  test('an engine that would release more needs approval', () => {
    const older = side({ partners: [bank] }, GATED, ENGINE.meaning - 1);
    expect(outcomeOf(judge(older, ONE))).toBe('not-approved');
  });

  test('the rule is that of the policy that runs, not the candidate’s', () => {
    const running = { effective: ONE, rule: { ...RULE, required: 1 } };
    expect(outcomeOf(judge(ONE, TWO, { running, files: [widening(ONE, TWO)] }))).toBe('not-approved');
  });

  test.each<[string, Partial<Approval>, string]>([
    ['for another audience', { audience: 'lab' }, 'approval-audience'],
    ['of an older generation', { generation: 0 }, 'approval-generation'],
    [
      'made later than now',
      { generation: 2, createdMs: NOW + HOUR, applyBeforeMs: NOW + 2 * HOUR },
      'approval-not-yet',
    ],
    ['applied too late', { generation: 2, applyBeforeMs: NOW - 1000 }, 'approval-too-late'],
  ])('an approval %s does not count, and it is said why', (_, more, code) => {
    const refused = judge(ONE, TWO, { highestGeneration: 2, files: [widening(ONE, TWO, more)] });
    expect(outcomeOf(refused)).toBe('not-approved');
    expect(refused.approvals.judged.map(({ why }) => why?.code)).toEqual([code]);
  });

  test('what a later narrowing took away needs a new approval', () => {
    const back = judge(TWO, ONE);
    const narrowings = back.kind === 'admitted' ? [{ at: NOW - 1000, delta: back.removed }] : [];
    expect(outcomeOf(judge(ONE, TWO, { narrowings, files: [widening(ONE, TWO)] }))).toBe('not-approved');
    const younger = widening(ONE, TWO, { createdMs: NOW - 500 });
    expect(outcomeOf(judge(ONE, TWO, { narrowings, files: [younger] }))).toBe('admitted');
  });

  test('nothing exceeds the ceiling, approved or not', () => {
    const ceiling = { ruleset: ONE.ruleset };
    expect(outcomeOf(judge(ONE, TWO, { ceiling, files: [widening(ONE, TWO)] }))).toBe('ceiling');
    expect(outcomeOf(judge(TWO, ONE, { ceiling }))).toBe('admitted');
  });

  test('a candidate that fails its own decision tests is refused', () => {
    const testProblems = [{ code: 'decision-test', severity: 'error', message: 'not as expected' }] as const;
    expect(outcomeOf(judge(ONE, ONE, { testProblems }))).toBe('tests');
  });
});

describe('break-glass', () => {
  const breakGlass = (a: Effective, b: Effective): ApprovalFile =>
    widening(a, b, { kind: 'break-glass', createdMs: NOW - 1000, untilMs: NOW + HOUR });
  test('admits a pure widening for its hours, and says until when', () => {
    const admission = judge(ONE, TWO, { files: [breakGlass(ONE, TWO)] });
    expect(admission.kind === 'admitted' && admission.breakGlass?.until).toBe(NOW + HOUR);
  });
  test('admits nothing that narrows too, and nothing after its end', () => {
    const other = side({ partners: [shop] });
    expect(outcomeOf(judge(ONE, other, { files: [breakGlass(ONE, other)] }))).toBe('not-approved');
    expect(outcomeOf(judge(ONE, TWO, { files: [breakGlass(ONE, TWO)], now: NOW + HOUR }))).toBe('not-approved');
  });
  test('is not for a gateway that starts with nothing', () => {
    expect(outcomeOf(judge(null, TWO, { files: [breakGlass(ONE, TWO)] }))).toBe('no-baseline');
  });
});

describe('where nothing is known', () => {
  test('a policy needs a baseline', () => {
    expect(outcomeOf(judge(null, ONE))).toBe('no-baseline');
    expect(outcomeOf(judge(null, ONE, { files: [baseline(ONE)] }))).toBe('admitted');
  });
  test('what is narrower than the baseline is admitted, what is wider is not', () => {
    expect(outcomeOf(judge(null, ONE, { files: [baseline(TWO)] }))).toBe('admitted');
    expect(outcomeOf(judge(null, TWO, { files: [baseline(ONE)] }))).toBe('not-approved');
  });
  test('the baseline and the approvals after it admit what the old ones did, long after', () => {
    const files = [baseline(ONE), widening(ONE, TWO, { generation: 1 })];
    expect(outcomeOf(judge(null, TWO, { files, now: NOW + 90 * 24 * HOUR }))).toBe('admitted');
  });
  test('approvals of older generations have ended', () => {
    const files = [baseline(ONE, { generation: 2 }), widening(ONE, TWO, { generation: 1 })];
    expect(outcomeOf(judge(null, TWO, { files }))).toBe('not-approved');
  });
  test('a baseline of a generation below the highest ever seen is refused', () => {
    expect(outcomeOf(judge(null, ONE, { files: [baseline(ONE)], highestGeneration: 2 }))).toBe('generation');
  });
  test('a dropped own name is approved as what it is, a release to everyone', () => {
    expect(outcomeOf(judge(null, ONE, { files: [baseline(O2)] }))).toBe('not-approved');
    expect(outcomeOf(judge(null, ONE, { files: [baseline(O2), widening(O2, ONE, { generation: 1 })] }))).toBe(
      'admitted',
    );
  });
  test('a wider setting than the baseline’s is refused', () => {
    const wider = side({ partners: [bank] }, { ...GATED, 'listeners.internet.trust': 'path' });
    expect(outcomeOf(judge(null, wider, { files: [baseline(ONE)] }))).toBe('not-approved');
    const more = side({ partners: [bank] }, { ...GATED, 'destinations.permit': ['10.0.0.0/8'] });
    expect(outcomeOf(judge(null, more, { files: [baseline(ONE)] }))).toBe('not-approved');
  });
});

test('over random policies: what is admitted adds nothing, or each of its approvals is there', () => {
  const aHost = fc.constantFrom('a.example', 'b.example', '*.a.example', '**.b.example', 'x.a.example');
  const aPartner = (id: string) =>
    fc
      .record({
        hosts: fc.uniqueArray(aHost, { minLength: 1, maxLength: 2 }),
        transport: fc.constantFrom('tls', 'http'),
        as: fc.constantFrom('unchanged', 'pseudonym'),
      })
      .filter(
        ({ hosts, transport, as }) =>
          !(transport === 'http' && as === 'unchanged' && hosts.some((host) => host.startsWith('*'))),
      )
      .map(({ hosts, transport, as }) =>
        partnerFile({
          id,
          hosts,
          transport,
          release: [{ header: 'X-MSISDN', as, ...(as === 'pseudonym' ? { key: 'k1' } : {}) }],
        }),
      );
  const aFile = aPartner('p');
  const seen = { admitted: 0, refused: 0 };
  fc.assert(
    fc.property(aFile, aFile, aFile, (...files) => {
      const [a, b, c] = files.map((partner) => side({ partners: [partner] })) as [Effective, Effective, Effective];
      // Approved is a to c; asked is a to b.
      const admission = judge(a, b, { files: [widening(a, c)] });
      const rest = diffOf(c, b, NOW).releases.filter(({ direction }) => direction !== 'narrowing');
      const isWider = diffOf(a, b, NOW).releases.some(({ direction }) => direction !== 'narrowing');
      seen[admission.kind] += 1;
      if (!isWider || rest.length === 0) expect(admission.kind).toBe('admitted');
      if (admission.kind === 'refused') expect(isWider && rest.length > 0).toBe(true);
      // What c lacks and a lacks cannot be in what was admitted.
      if (admission.kind === 'admitted') {
        for (const change of rest) {
          const point = { listener: '', host: change.witness.host, port: change.witness.port, times: [NOW], skewMs: 0 };
          const [inA, inB] = [a.ruleset.release(point), b.ruleset.release(point)];
          const rankOf = (release: typeof inA): number =>
            (['none', 'pseudonym', 'unchanged'].indexOf(release?.rules.get('xmsisdn')?.form ?? 'none') + 1) * 2 +
            (release?.partner.transport === 'http' ? 1 : 0);
          expect(rankOf(inB)).toBeLessThanOrEqual(rankOf(inA));
        }
      }
    }),
    { numRuns: Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 200) },
  );
  expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(20);
});
