// `headgate approve --yes`: proposing and approving in one step where nobody signs. What it writes is what a gateway admits.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { admissionOf, type Admission } from '../../src/change/admission.js';
import { readCandidate, type Candidate } from '../../src/control/candidate.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { run, type Ran } from './run.js';

const UNSIGNED = `${SETTINGS}approval: { required: 0 }\n`;
const WIDER = POLICY.replace('pay.acme.example', 'pay.acme.example, buy.acme.example');

let space: Workspace;
beforeEach(() => {
  space = makeWorkspace({ 'headgate.yaml': UNSIGNED, 'wider.yaml': WIDER });
});
afterEach(() => space.remove());
const file = (name: string): string => join(space.folder, name);
const approve = (...words: string[]): Promise<Ran> =>
  run('approve', '--config', space.config, '--proposer', 'ops@operator.example', '--reason', 'a test', ...words);
const approvals = (): readonly string[] => readdirSync(file('approvals')).sort();

function candidateOf(policyFile: string): Candidate {
  const machine = { processors: 1, descriptors: null };
  const { outcome } = readCandidate(space.config, { now: Date.now(), machine, folder: space.folder, policyFile });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}
/** As a gateway judges it that runs this policy, or none. */
function judge(policyFile: string, running: string | null = null): Admission {
  const candidate = candidateOf(policyFile);
  const now = Date.now();
  return admissionOf({
    running: running === null ? null : candidateOf(running),
    candidate,
    ceiling: null,
    testProblems: [],
    files: candidate.files,
    narrowings: [],
    highestGeneration: 0,
    now,
    skewMs: 30_000,
  });
}

test('a baseline opens the way of a gateway that knows nothing, and names its generation', async () => {
  expect(judge(file('policy.yaml'))).toMatchObject({ kind: 'refused', code: 'no-baseline' });
  const { code, out, err } = await approve('--baseline', '--yes');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(
    'widening: `pay` gains `x-msisdn` (unchanged), `other, novel` (unchanged) on `pay.acme.example`\n',
  );
  expect(out).toMatch(/\nwrote `[^`]*-baseline-[0-9a-f]{8}\.approval\.yaml`: baseline, generation 1; /);
  expect(judge(file('policy.yaml'))).toMatchObject({ kind: 'admitted', generation: 1 });
  expect(judge(file('wider.yaml'))).toMatchObject({ kind: 'refused', code: 'not-approved' });
});

test('a second baseline is of the next generation, and the first is left as it was', async () => {
  await approve('--baseline', '--yes');
  const { out } = await approve('--baseline', '--yes', '--candidate', file('wider.yaml'));
  expect(out).toContain('baseline, generation 2; ');
  expect(approvals()).toHaveLength(2);
  expect(judge(file('wider.yaml'))).toMatchObject({ kind: 'admitted', generation: 2 });
});

test('a widening carries the change that it names', async () => {
  await approve('--baseline', '--yes');
  expect(judge(file('wider.yaml'), file('policy.yaml'))).toMatchObject({ kind: 'refused', code: 'not-approved' });
  const { code, out } = await approve('--yes', '--base', file('policy.yaml'), '--candidate', file('wider.yaml'));
  expect(code).toBe(0);
  expect(out).toContain(
    'widening: `pay` gains `x-msisdn` (unchanged), `other, novel` (unchanged) on `buy.acme.example`\n',
  );
  expect(out).toContain(': widening, generation 1; ');
  expect(judge(file('wider.yaml'), file('policy.yaml'))).toMatchObject({ kind: 'admitted' });
  expect(judge(file('wider.yaml'))).toMatchObject({ kind: 'admitted' });
});

test('where nothing is added nothing is written', async () => {
  const { code, out } = await approve('--yes', '--base', file('wider.yaml'));
  expect(code).toBe(0);
  expect(out).toContain('nothing was written');
  expect(() => approvals()).toThrow('ENOENT');
});

test('where somebody has to agree it is refused, and nothing is written', async () => {
  space.write('headgate.yaml', SETTINGS);
  const { code, out, err } = await approve('--baseline', '--yes');
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('error: `--yes` approves where nobody else is asked: `approval.required` is 1\n');
  expect(() => approvals()).toThrow('ENOENT');
});

test('a baseline of a key that cannot be read is none: it would not speak of it', async () => {
  space.write('headgate.yaml', `${UNSIGNED}keys: { acme: missing.key }\n`);
  const { code, err } = await approve('--baseline', '--yes');
  expect(code).toBe(1);
  expect(err).toContain('error: cannot read key `acme`');
  const widening = await approve('--yes', '--base', file('policy.yaml'), '--candidate', file('wider.yaml'));
  expect([widening.code, widening.err]).toEqual([0, expect.stringContaining('warning: cannot read key `acme`')]);
});

test('a widening over a list of signers that cannot be read is none: it would change who may sign', async () => {
  space.write('headgate.yaml', `${SETTINGS}approval: { required: 0, revoked: missing }\n`);
  const { code, err } = await approve('--yes', '--base', file('policy.yaml'), '--candidate', file('wider.yaml'));
  expect(code).toBe(1);
  expect(err).toContain('error: cannot read `approval.revoked`');
});
