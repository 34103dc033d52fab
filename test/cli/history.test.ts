// `headgate history`: what it prints, and what `verify` finds in a history that somebody touched; checkpoints signed by ssh-keygen.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryEvent } from '../../src/change/history-record.js';
import { headOf } from '../../src/change/history.js';
import { GateStore } from '../../src/control/gate-store.js';
import { HistoryFile, linesOf } from '../../src/control/history-file.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { digestOfNumber, stateOf } from '../change/admitted-fixture.js';
import { SETTINGS } from '../control/workspace.js';
import { describeWith, programPath } from '../programs.js';
import { run, type Ran } from './run.js';

const T = Date.UTC(2026, 6, 1);
const HOUR = 3_600_000;
const [A, B] = [digestOfNumber(1), digestOfNumber(2)];
const EVENTS: readonly HistoryEvent[] = [
  { kind: 'started', version: '1.0.0', digest: null, generation: 0 },
  { kind: 'candidate', digest: A, from: null, direction: 'widening', way: 'start' },
  {
    kind: 'admitted',
    digest: A,
    from: null,
    direction: 'widening',
    generation: 1,
    approvals: [B],
    people: ['alice@operator.example', 'bob@operator.example'],
  },
  { kind: 'refused', digest: B, from: A, code: 'not-approved', way: 'file', uncovered: ['`pay` gains `x-imsi`'] },
  { kind: 'approval', approval: B, of: 'widening', proposer: 'carol', people: [], fault: 'approval-too-few' },
  { kind: 'lockdown-on', partner: 'pay', reason: 'INC-1\u001b[2J', by: 'alice@operator.example', way: 'api' },
  { kind: 'lockdown-off', partner: null, reason: 'mended', by: 'alice@operator.example', way: 'api' },
  { kind: 'break-glass-on', digest: B, from: A, until: '2026-07-01T04:00:00Z', approval: A, people: ['alice'] },
  { kind: 'break-glass-off', digest: A, from: B, why: 'over' },
  { kind: 'rollback', digest: A, from: B, by: 'bob@operator.example' },
];

let root: string;
let state: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'headgate-history-'));
  state = join(root, 'state');
  file = join(state, 'history.jsonl');
});
afterEach(() => rmSync(root, { recursive: true }));

/** As a gateway writes it, an hour apart, with a state that knows the last record; the folder is free again. */
async function write(events: readonly HistoryEvent[] = EVENTS): Promise<void> {
  const opened = await openStateFolder(state);
  if (!opened.ok) throw new Error('no folder');
  const store = new GateStore(opened.value);
  const reading = store.readState();
  let now = T;
  const history = new HistoryFile({
    folder: opened.value,
    known: reading.ok ? (reading.value?.history ?? null) : null,
    clock: () => now,
    onRecovery: () => undefined,
  });
  for (const event of events) {
    expect(history.append(event)).toEqual({ ok: true });
    now += HOUR;
  }
  expect(store.writeState(stateOf(1, { history: history.head }))).toEqual({ ok: true });
  opened.value.close();
}
const edit = (change: (lines: readonly string[]) => readonly string[]): void => {
  const lines = change(linesOf(readFileSync(file, 'utf8')));
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
};
const verify = (...words: readonly string[]): Promise<Ran> => run('history', 'verify', '--state', state, ...words);

test('it prints a line for each record, oldest first, and nothing that moves a cursor', async () => {
  await write();
  const { code, out, err } = await run('history', '--state', state);
  expect([code, err]).toEqual([0, '']);
  const [a, b] = [`${A.slice(0, 7)}…`, `${B.slice(0, 7)}…`];
  expect(out.split('\n').map((line) => line.slice(7).replace(/ +/g, ' '))).toEqual([
    '2026-07-01T00:00:00.000Z started headgate 1.0.0 with nothing, generation 0',
    `2026-07-01T01:00:00.000Z candidate ${a} over nothing: widening (start)`,
    `2026-07-01T02:00:00.000Z admitted ${a} over nothing: widening, generation 1, approved by alice@operator.example and bob@operator.example`,
    `2026-07-01T03:00:00.000Z refused ${b} over ${a}: not-approved (file); \`pay\` gains \`x-imsi\``,
    `2026-07-01T04:00:00.000Z approval widening ${b} of carol; does not count: approval-too-few`,
    '2026-07-01T05:00:00.000Z lockdown-on pay, by alice@operator.example (api): INC-1\ufffd[2J',
    '2026-07-01T06:00:00.000Z lockdown-off everyone, by alice@operator.example (api): mended',
    `2026-07-01T07:00:00.000Z break-glass-on ${b} over ${a} until 2026-07-01T04:00:00Z, approved by alice`,
    `2026-07-01T08:00:00.000Z break-glass-off ${a} after ${b}: over`,
    `2026-07-01T09:00:00.000Z rollback ${a} over ${b}, by bob@operator.example`,
    '',
  ]);
});

test('since a time it prints what came then and later; as JSON the records as they stand', async () => {
  await write();
  const lines = linesOf(readFileSync(file, 'utf8'));
  const later = await run('history', '--state', state, '--since', '2026-07-01T08:00:00Z', '--format', 'json');
  expect(later).toEqual({ code: 0, err: '', out: `${lines.slice(8).join('\n')}\n` });
  expect((await run('history', '--state', state, '--since', '2026-07-02')).out).toBe('');
  expect((await run('history', '--state', state, '--since', 'soon')).code).toBe(64);
});

test('the settings say where it is', async () => {
  await write();
  const config = join(root, 'headgate.yaml');
  writeFileSync(config, `${SETTINGS}state: state\n`);
  expect((await run('history', '--config', config)).out.split('\n')).toHaveLength(EVENTS.length + 1);
  expect(await run('history', 'verify', '--config', config)).toMatchObject({ code: 0 });
  expect((await run('history')).code).toBe(64);
  expect((await run('history', 'verify', '--config', config, '--state', state)).code).toBe(64);
});

test('where there is none, it says so', async () => {
  const { code, err } = await verify();
  expect([code, err]).toEqual([1, `error: cannot read \`${file}\`: no such file\n`]);
});

test('a line that is no record is said, and the others are printed', async () => {
  await write();
  edit((lines) => lines.with(1, '{'));
  const { code, out, err } = await run('history', '--state', state);
  expect([code, out.split('\n').length, err]).toEqual([
    1,
    EVENTS.length,
    `warning: \`${file}\`: record 2 cannot be read\n`,
  ]);
});

describe('verify', () => {
  test('passes what was only added to', async () => {
    await write();
    expect(await verify()).toEqual({ code: 0, err: '', out: `${file}: 10 records hold together\n` });
  });

  test.each([
    [
      'changed',
      (lines: readonly string[]) => lines.with(2, (lines[2] ?? '').replace('alice', 'alicf')),
      'record 3 was changed',
    ],
    ['removed', (lines: readonly string[]) => lines.toSpliced(3, 1), 'record 4 calls itself record 5'],
    [
      'moved',
      (lines: readonly string[]) => [...lines.slice(0, 5), ...lines.slice(5).reverse()],
      'record 6 calls itself record 10',
    ],
    ['cut', (lines: readonly string[]) => lines.with(-1, (lines.at(-1) ?? '').slice(0, 50)), 'record 10 is cut short'],
    [
      'lost from the end',
      (lines: readonly string[]) => lines.slice(0, 8),
      'has lost records: the state knows record 10',
    ],
  ])('finds a record that was %s', async (_, change, words) => {
    await write();
    edit(change);
    const { code, out, err } = await verify();
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(words);
  });

  test('a loss that a gateway marked is found still; a torn end is only remarked', async () => {
    await write();
    edit((lines) => lines.slice(0, 8));
    await write(EVENTS.slice(0, 1));
    const { code, err } = await verify();
    expect([code, err]).toEqual([
      1,
      `error: \`${file}\`: record 9 is a mark: the history has lost records: the state knows record 10\n`,
    ]);
  });

  test('a torn end that a gateway marked is only remarked', async () => {
    await write();
    writeFileSync(file, '{"at":', { flag: 'a' });
    expect((await verify()).code).toBe(1);
    await write(EVENTS.slice(0, 1));
    const { code, err } = await verify();
    expect([code, err]).toEqual([
      0,
      `warning: \`${file}\`: record 11 is a mark: the history ended in half a line: it is kept as \`history.torn-1\`\n`,
    ]);
  });

  test('a state that cannot be read is said', async () => {
    await write();
    writeFileSync(join(state, 'state.json'), 'x');
    const { code, err } = await verify();
    expect([code, err]).toEqual([0, expect.stringContaining('the state cannot tell where the history ends')]);
  });
});

describeWith(['ssh-keygen'], 'a checkpoint', () => {
  const keygen = (...words: readonly string[]): void => {
    const ran = spawnSync(programPath('ssh-keygen'), words, { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr);
  };
  let key: string;
  let signers: string;
  beforeEach(() => {
    key = join(root, 'key');
    signers = join(root, 'allowed_signers');
    keygen('-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key);
    writeFileSync(signers, `alice@operator.example ${readFileSync(`${key}.pub`, 'utf8')}`);
  });
  /** Printed, written beside nothing of the gateway, signed. */
  const take = async (name: string, namespace = 'headgate-history'): Promise<string> => {
    const { code, out } = await run('history', 'checkpoint', '--state', state);
    expect(code).toBe(0);
    const written = join(root, name);
    writeFileSync(written, out);
    keygen('-Y', 'sign', '-n', namespace, '-f', key, written);
    return written;
  };
  const withCheckpoint = (checkpoint: string): Promise<Ran> => verify('--checkpoint', checkpoint, '--signers', signers);

  test('says the newest record, and is contained then and later', async () => {
    await write();
    const checkpoint = await take('checkpoint');
    const { hash } = headOf(linesOf(readFileSync(file, 'utf8')), 10) ?? { hash: '' };
    expect(readFileSync(checkpoint, 'utf8')).toMatch(
      new RegExp(`^headgate history checkpoint\naudience: \\(none\\)\nrecord: 10\nhash: ${hash}\ntime: .*Z\n$`),
    );
    await write(EVENTS.slice(0, 1));
    expect(await withCheckpoint(checkpoint)).toEqual({
      code: 0,
      err: '',
      out: `${checkpoint}: of record 10, signed by alice@operator.example: contained\n${file}: 11 records hold together\n`,
    });
  });

  test('finds an end that was cut off, state and all', async () => {
    await write();
    const checkpoint = await take('checkpoint');
    rmSync(state, { recursive: true });
    await write(EVENTS.slice(0, 8));
    expect((await verify()).code).toBe(0);
    const { code, err } = await withCheckpoint(checkpoint);
    expect([code, err]).toEqual([
      1,
      `error: the history does not contain checkpoint \`${checkpoint}\`, signed by alice@operator.example: it has 8 records, the checkpoint is of record 10\n`,
    ]);
  });

  test('is found beside the history too', async () => {
    await write();
    mkdirSync(join(state, 'checkpoints'));
    await take('state/checkpoints/2026-07');
    expect(await verify()).toMatchObject({ code: 1, err: expect.stringContaining('`--signers FILE`') as string });
    expect(await verify('--signers', signers)).toMatchObject({ code: 0 });
    edit((lines) => lines.slice(0, -1));
    expect(await verify('--signers', signers)).toMatchObject({ code: 1 });
  });

  test('after a loss that was marked accepts what is left', async () => {
    await write();
    const before = await take('before');
    edit((lines) => lines.slice(0, 8));
    await write(EVENTS.slice(0, 1));
    expect((await verify()).code).toBe(1);
    expect((await withCheckpoint(await take('after'))).code).toBe(0);
    expect((await withCheckpoint(before)).code).toBe(1);
  });

  test.each([
    ['a byte of the text was changed', 'signature-invalid'],
    ['it was signed for something else', 'signature-namespace'],
    ['the key is nobody’s', 'signer-unknown'],
    ['there is no signature', 'no such file'],
    ['it is no checkpoint', 'is no checkpoint'],
  ])('does not count when %s', async (what, words) => {
    await write();
    const checkpoint = await take('checkpoint', what.includes('else') ? 'headgate-approval' : undefined);
    const text = readFileSync(checkpoint, 'utf8');
    if (what.includes('byte')) writeFileSync(checkpoint, text.replace('record: 10', 'record: 1'));
    if (what.includes('no checkpoint')) writeFileSync(checkpoint, `${text}\n`);
    if (what.includes('no signature')) rmSync(`${checkpoint}.sig`);
    if (what.includes('nobody')) {
      keygen('-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(root, 'other'));
      writeFileSync(signers, `bob ${readFileSync(join(root, 'other.pub'), 'utf8')}`);
    }
    const { code, err } = await withCheckpoint(checkpoint);
    expect([code, err]).toEqual([1, expect.stringContaining(words)]);
  });

  test('is of one gateway: another audience is refused', async () => {
    await write();
    const config = join(root, 'headgate.yaml');
    const settings = `${SETTINGS}state: state\napproval: { signers: ${signers}, audience: edge-a }\n`;
    writeFileSync(config, settings.replace('edge-a', 'edge-b'));
    const { out } = await run('history', 'checkpoint', '--config', config);
    expect(out).toContain('\naudience: edge-b\n');
    const checkpoint = join(root, 'checkpoint');
    writeFileSync(checkpoint, out);
    keygen('-Y', 'sign', '-n', 'headgate-history', '-f', key, checkpoint);
    expect(await run('history', 'verify', '--config', config, '--checkpoint', checkpoint)).toMatchObject({ code: 0 });
    writeFileSync(config, settings);
    expect(await run('history', 'verify', '--config', config, '--checkpoint', checkpoint)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is of audience `edge-b`: this gateway is `edge-a`') as string,
    });
  });

  test('is not given of a history that does not hold together', async () => {
    await write();
    edit((lines) => lines.toSpliced(3, 1));
    expect(await run('history', 'checkpoint', '--state', state)).toMatchObject({ code: 1, out: '' });
  });
});
