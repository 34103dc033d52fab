// `headgate propose` and `headgate approve`, with real keys and the real ssh-keygen: what they write is what counts, and nothing is signed
// by whoever has not read it.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../src/cli/program.js';
import { SshBench, type KeyPair } from '../change/ssh-bench.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { describeWith } from '../programs.js';
import { run, type Ran } from './run.js';

const ALICE = 'alice@operator.example';
const BOB = 'bob@operator.example';
const RULE = `approval: { required: 1, groups: { privacy: 1 }, signers: allowed_signers, audience: edge }\n`;
const WIDER = POLICY.replace('pay.acme.example', 'pay.acme.example, buy.acme.example');

describeWith(['ssh-keygen'], 'a proposal and its signatures', () => {
  const bench = new SshBench();
  let alice: KeyPair;
  let bob: KeyPair;
  let space: Workspace;
  let before: string;
  beforeAll(() => {
    [alice, bob] = [bench.newKey('-t', 'ed25519'), bench.newKey('-t', 'ed25519')];
  });
  afterAll(() => bench.end());
  beforeEach(() => {
    space = makeWorkspace({
      'headgate.yaml': `${SETTINGS}${RULE}`,
      'old.yaml': POLICY,
      'policy.yaml': WIDER,
      allowed_signers: `${ALICE} ${alice.line}\n${BOB},group:privacy namespaces="headgate-approval" ${bob.line}\n`,
    });
    before = process.cwd();
    process.chdir(space.folder);
  });
  afterEach(() => {
    process.chdir(before);
    space.remove();
  });

  const propose = (...words: string[]): Promise<Ran> =>
    run(
      'propose',
      '--config',
      'headgate.yaml',
      '--base',
      'old.yaml',
      '--proposer',
      ALICE,
      '--reason',
      'a shop',
      ...words,
    );
  const folder = (): readonly string[] => readdirSync('approvals').sort();
  const proposal = async (): Promise<string> => {
    expect((await propose()).code).toBe(0);
    return join('approvals', folder()[0] ?? '');
  };
  const sign = (file: string, key: KeyPair, ...words: string[]): Promise<Ran> =>
    run('approve', file, '--key', key.path, '--config', 'headgate.yaml', '--confirm', '1', ...words);
  const check = async (): Promise<number | undefined> =>
    (await run('check', '--config', 'headgate.yaml', '--approvals', '--base', 'old.yaml')).code;
  /** Somebody sits there and types this. */
  const typing = async (answer: string | undefined, ...words: string[]): Promise<Ran & { asked: string }> => {
    const ran = { code: undefined as number | undefined, out: '', err: '', asked: '' };
    await runProgram(words, {
      out: (text) => void (ran.out += text),
      err: (text) => void (ran.err += text),
      end: (code) => void (ran.code = code),
      ask: (question) => {
        ran.asked = question;
        return Promise.resolve(answer);
      },
    });
    return ran;
  };

  test('proposed, signed by both, it carries the change; each step says what is missing', async () => {
    const { code, out } = await propose('--ticket', 'CHG-7');
    expect(code).toBe(0);
    expect(out).toContain(
      'widening: `pay` gains `x-msisdn` (unchanged), `other, novel` (unchanged) on `buy.acme.example`',
    );
    const file = join('approvals', folder()[0] ?? '');
    expect(file).toMatch(/^approvals\/\d{4}-\d\d-\d\d-widening-[0-9a-f]{8}\.approval\.yaml$/);
    expect(out).toContain(`  headgate approve ${file} --config headgate.yaml\n`);
    expect(readFileSync(file, 'utf8')).toContain('\nticket: "CHG-7"\n');
    expect(await check()).toBe(2);
    const first = await sign(file, alice);
    expect(first.code).toBe(0);
    expect(first.out).toContain('who counts: nobody yet; 0 of 1 person; group `privacy`: 0 of 1 beside the proposer\n');
    expect(first.out).toContain('[approval-too-few]');
    expect(await check()).toBe(2);
    const second = await sign(file, bob);
    expect(second.out).toContain(
      `who counts: \`${BOB}\`; 1 of 1 person; group \`privacy\`: 1 of 1 beside the proposer\n`,
    );
    expect(await check()).toBe(0);
  });

  test('with a log the text says what the past would have been; who signs reads it below, and it covers nothing', async () => {
    writeFileSync('access.txt', 'buy.acme.example 70\npay.acme.example 9\nx-msisdn: 447700900123 is no line\n');
    const { code } = await propose('--access-log', 'access.txt', '--covers', '7d');
    expect(code).toBe(0);
    const file = join('approvals', folder()[0] ?? '');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(
      /^ {2}- "buy\.acme\.example +pay +x-msisdn \(unchanged\), other, novel \(unchanged\) .* 70 +10"$/m,
    );
    expect(text).not.toContain('4477');
    const { out } = await sign(file, alice);
    expect(out.indexOf('buy.acme.example`')).toBeLessThan(out.indexOf(`to inform, as ${ALICE} replayed it:\n`));
    expect(out).toMatch(/^ {2}\| buy\.acme\.example +pay .* 70 +10$/m);
    // Whatever stands in it, what was signed is all of the text and what is covered is its delta alone.
    writeFileSync(file, text.replace(' 70 ', ' 71 '));
    expect((await run('approvals', '--config', 'headgate.yaml')).out).toContain('[signature-');
    writeFileSync(file, text);
    await sign(file, bob);
    expect(await check()).toBe(0);
    const wider = WIDER.replace('buy.acme.example', 'buy.acme.example, more.acme.example');
    writeFileSync('policy.yaml', wider);
    expect(await check()).toBe(2);
  });

  test('a log that is none proposes nothing', async () => {
    const { code, err } = await propose('--access-log', 'gone.log');
    expect([code, err]).toEqual([1, 'error: cannot read `gone.log`: no such file\n']);
    expect(existsSync('approvals')).toBe(false);
  });

  test('ssh-keygen accepts each signature, and each lies under a name of its own', async () => {
    const file = await proposal();
    await sign(file, alice);
    await sign(file, bob);
    await sign(file, bob);
    expect(folder().map((name) => name.replace(/^.*\.yaml/, ''))).toEqual(['', '.sig', '.sig.2', '.sig.3']);
    const signers = readFileSync('allowed_signers', 'utf8');
    const message = readFileSync(file);
    const asked = (person: string, end: string) => ({
      signers,
      message,
      person,
      signature: readFileSync(`${file}${end}`, 'utf8'),
    });
    expect(bench.accepts(asked(ALICE, '.sig'))).toBe(true);
    expect(bench.accepts(asked(BOB, '.sig.2'))).toBe(true);
    expect(bench.accepts(asked(BOB, '.sig'))).toBe(false);
  });

  test('what plain ssh-keygen signs counts like what we sign', async () => {
    const file = await proposal();
    for (const [key, end] of [
      [alice, 'sig'],
      [bob, 'sig.officer'],
    ] as const) {
      writeFileSync(`${file}.${end}`, bench.sign(key.path, readFileSync(file)));
    }
    expect(await check()).toBe(0);
  });

  test('what the approver types is what the lines expose, and the question does not hold it', async () => {
    const file = await proposal();
    const words = ['approve', file, '--key', bob.path];
    const wrong = await typing('2', ...words);
    expect([wrong.code, folder().length]).toEqual([1, 1]);
    expect(wrong.err).toBe('error: nothing was signed: `2` is not what the lines above expose\n');
    expect(wrong.asked).not.toContain('1');
    expect((await typing(undefined, ...words)).code).toBe(1);
    expect(folder()).toHaveLength(1);
    const right = await typing(' 1', ...words);
    expect([right.code, folder().length]).toEqual([0, 2]);
    expect(right.out).toContain(
      '- `pay` receives `x-msisdn` (unchanged, over plain http) on `buy.acme.example`; port `80`; until ',
    );
  });

  test('without a terminal it is wrong usage, and nothing is signed', async () => {
    const file = await proposal();
    const { code, err } = await run('approve', file, '--key', bob.path);
    expect([code, folder().length]).toEqual([64, 1]);
    expect(err).toContain('`--confirm TEXT`');
  });

  test('a key that is not there, or does not sign, leaves nothing behind', async () => {
    const file = await proposal();
    expect((await sign(file, { path: 'none', line: '' })).err).toContain('error: no key `none`');
    const broken = bench.file('no key\n');
    expect((await sign(file, { path: broken, line: '' })).code).toBe(1);
    expect(folder()).toHaveLength(1);
  });

  test('a proposal whose words were changed is not signed', async () => {
    const file = await proposal();
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('      - "buy.acme.example"', '      - "**.acme.example"'));
    const { code, err } = await sign(file, bob);
    expect([code, folder().length]).toEqual([1, 1]);
    expect(err).toContain('[approval-says]');
  });

  test('words of a proposal do not move the cursor of whoever reads it', async () => {
    const file = await proposal();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"a shop"', String.raw`"good\u001b[2K\u202e\nfor all"`));
    const { out } = await sign(file, bob);
    expect(out).toContain('reason: good\ufffd[2K\ufffd\ufffdfor all\n');
    const listed = await run('approvals', '--config', 'headgate.yaml');
    expect(listed.out).not.toContain('\u001b');
  });

  test('the proposer is a person of the list', async () => {
    const { code, err } = await propose('--proposer', 'mallory@operator.example');
    expect(code).toBe(1);
    expect(err).toContain(`help: write \`--proposer NAME\`, a name of ${ALICE}, ${BOB}\n`);
  });

  test('a time that is none, or too far, is refused before anything is written', async () => {
    expect((await propose('--apply-before', 'tomorrow')).code).toBe(64);
    const far = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
    const { code, err } = await propose('--apply-before', far);
    expect(code).toBe(1);
    expect(err).toContain('[approval-times]');
    expect(() => folder()).toThrow('ENOENT');
  });

  test('a file that is there is never written over', async () => {
    const name = 'mine.approval.yaml';
    space.write(name, 'mine');
    const { code, err } = await propose('--output', name);
    expect([code, readFileSync(name, 'utf8')]).toEqual([1, 'mine']);
    expect(err).toContain('approvals are never written over');
  });

  test('break-glass is signed by one, for hours, and only for a pure widening', async () => {
    const words = ['approve', '--config', 'headgate.yaml', '--break-glass', '--base', 'old.yaml', '--proposer', ALICE];
    words.push('--reason', 'a fire', '--key', alice.path, '--confirm', '1');
    expect((await run(...words, '--for', '5h')).code).toBe(64);
    const { code, out } = await run(...words, '--for', '90m');
    expect(code).toBe(0);
    expect(out).toMatch(/\nit ends at \S+Z: .* have an alert on headgate_break_glass_until_timestamp_seconds/);
    const checked = await run('check', '--config', 'headgate.yaml', '--approvals', '--base', 'old.yaml');
    expect(checked.out).toContain('by break-glass, until ');
    space.write('policy.yaml', WIDER.replace('pay.acme.example, ', ''));
    const both = await run(...words);
    expect([both.code, folder().length]).toEqual([1, 2]);
    expect(both.err).toContain('a break-glass takes a pure widening: this change is incomparable');
  });

  test('the list says what counts, what does not, and why', async () => {
    const file = await proposal();
    await sign(file, alice);
    writeFileSync(join('approvals', 'b.approval.yaml'), 'kind: nothing\n');
    const list = async (): Promise<{ approvals: Record<string, unknown>[] }> => {
      const { out } = await run('approvals', '--config', 'headgate.yaml', '--format', 'json');
      return JSON.parse(out) as { approvals: Record<string, unknown>[] };
    };
    const [first, second] = (await list()).approvals;
    expect(first).toMatchObject({
      kind: 'widening',
      generation: 0,
      proposer: ALICE,
      isSignedByProposer: true,
      approvers: [],
      counts: false,
      why: [{ code: 'approval-too-few' }],
      covers: [expect.stringContaining('on `buy.acme.example`'), expect.stringContaining('on `buy.acme.example`')],
    });
    expect(second).toMatchObject({ kind: null, counts: false, why: [{ code: 'approval-unreadable' }] });
    await sign(file, bob);
    expect((await list()).approvals[0]).toMatchObject({ approvers: [BOB], counts: true, why: [] });
    const { out } = await run('approvals', '--config', 'headgate.yaml');
    expect(out).toContain('widening, generation 0: counts\n');
    expect(out).toContain(`  signed by the proposer, ${BOB}; beside the proposer 1 of 1 person`);
    expect(out).toContain('judged from these files and settings alone');
  });

  test.each([
    ['nothing at all', ['approve']],
    ['both ways in one step', ['approve', '--config', 'x', '--reason', 'x', '--yes', '--break-glass']],
    ['one step over a proposal', ['approve', 'x.approval.yaml', '--yes']],
    ['a file that is no approval by its name', ['approve', 'policy.yaml']],
    ['a name that no gateway would read', ['propose', '--config', 'x', '--reason', 'x', '--output', 'x.yaml']],
  ])('%s is wrong usage', async (_, words) => {
    const { code, out } = await run(...words);
    expect([code, out]).toEqual([64, '']);
  });
});
