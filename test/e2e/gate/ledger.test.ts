// The ledger of the real gateway: what left on both paths and on every worker is in it, what did not leave is not, nothing of a
// stranger's is, and a worker or a gateway that is killed leaves a gap.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../wire/harness/deadline.js';
import { isFastAlone, PATHS } from '../../wire/harness/paths.js';
import { describeWith } from '../../programs.js';
import { BANK, Operator, OWN, PAY, STRANGER } from './operator.js';
import { Program, runVerb } from './program.js';
import { IDENTITY, Site } from './site.js';
import { Subscriber } from './subscriber.js';

interface Answer {
  readonly gaps: readonly { readonly cause: string }[];
  readonly keptUntil: string | null;
  readonly recipients: readonly {
    readonly domain: string;
    readonly partners: readonly string[];
    readonly hosts: readonly string[];
    readonly digests: readonly string[];
    readonly requests: { readonly least: number; readonly most: number };
    readonly subscribers: { readonly text: string };
    readonly released: readonly {
      readonly header: string;
      readonly form: string;
      readonly requests: { readonly least: number };
    }[];
  }[];
}

/** Requests of HTTP/1.0 that are carried. */
const OLD = isFastAlone({ paths: PATHS }) ? 0 : 15;

/** Digits of a test number that no field of the tests has but in it. */
const numberOf = (n: number): string => `447700900${String(n).padStart(3, '0')}`;

describeWith(['ssh-keygen'], 'the ledger of a gateway', () => {
  let site: Site;
  let operator: Operator;
  let program: Program;

  beforeAll(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    operator = await Operator.make(site.port, { workers: 2 });
    await operator.baseline();
    program = await Program.start({ folder: operator.folder });
  }, 60_000);
  afterAll(async () => {
    program.kill();
    await site.stop();
    operator.remove();
  });

  /** What one connection of its own is answered, all of it: the request says that it is the last. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(program.port, '127.0.0.1', () => socket.write(text));
      socket.setEncoding('utf8').on('data', (more: string) => {
        answer += more;
        if (answer.includes('\r\n\r\n')) socket.end();
      });
      socket.on('error', () => resolve(answer));
      socket.once('close', () => resolve(answer));
    });
  const recipients = async (...words: readonly string[]): Promise<Answer> => {
    const from = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const { code, out, err } = await runVerb(operator.folder, [
      ...['recipients', '--config', 'headgate.yaml', '--from', from, '--format', 'json', ...words],
    ]);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out) as Answer;
  };

  test('what left is in it to the last request, on both paths; what did not leave and what is a stranger’s is not', async () => {
    const subscribers = await Promise.all(Array.from({ length: 12 }, () => Subscriber.open(program.port)));
    for (const subscriber of subscribers) {
      for (let n = 0; n < 25; n += 1) expect((await subscriber.ask(PAY)).status).toBe(200);
      expect((await subscriber.ask(BANK)).status).toBe(200);
      expect((await subscriber.ask(STRANGER)).status).toBe(200);
      subscriber.close();
    }
    // The slow path (HTTP/1.0), and another subscriber each; the fast path alone refuses them, and nothing leaves.
    for (let n = 0; n < 15; n += 1) {
      const asked = `GET / HTTP/1.0\r\nHost: ${PAY}\r\nX-MSISDN: ${numberOf(n)}\r\n\r\n`;
      expect(await raw(asked)).toMatch(OLD === 0 ? /^HTTP\/1\.1 501 / : /^HTTP\/1\.[01] 200 /);
    }
    // A body with the head, which leaves; one that cannot be read, with which nothing leaves.
    const head = `POST / HTTP/1.1\r\nHost: ${OWN}\r\nX-Acme-Line: ${IDENTITY['X-Acme-Line']}\r\n`;
    expect(await raw(`${head}Content-Length: 0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    const before = site.count;
    expect(await raw(`${head}Transfer-Encoding: chunked\r\n\r\nnothing\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    expect(site.count).toBe(before);
    // On every worker something leaves after it: what did not leave does not go with it.
    for (let n = 0; n < 24; n += 1) {
      expect(await raw(`GET / HTTP/1.1\r\nHost: ${BANK}\r\nX-IMSI: ${IDENTITY['X-IMSI']}\r\n\r\n`)).toMatch(/ 200 /);
    }
    await program.stop();
    const answer = await recipients();
    expect(answer.gaps).toEqual([]);
    const rows = new Map(answer.recipients.map((each) => [each.domain, each]));
    expect([...rows.keys()].sort()).toEqual(['acme.example', 'bank.example', 'operator.example']);
    expect(rows.get('acme.example')).toMatchObject({ partners: ['pay'], hosts: [PAY] });
    const released = (domain: string): readonly (readonly [string, number])[] =>
      (rows.get(domain)?.released ?? []).map(({ header, requests }) => [header, requests.least]);
    expect(released('acme.example')).toEqual([
      ['X-IMSI', 300],
      ['X-MSISDN', 300 + OLD],
    ]);
    expect(released('bank.example')).toEqual([['X-IMSI', 36]]);
    expect(released('operator.example')).toEqual([['X-Acme-Line', 1]]);
    expect(rows.get('acme.example')?.subscribers.text).toMatch(OLD === 0 ? /^fewer than 10$/ : /^1[56] /);
    expect(rows.get('bank.example')?.subscribers.text).toBe('fewer than 10');
    expect((await recipients('--partner', 'bank')).recipients.map(({ domain }) => domain)).toEqual(['bank.example']);
    const files = readdirSync(join(operator.folder, 'state/ledger')).map((name) =>
      readFileSync(join(operator.folder, 'state/ledger', name), 'latin1'),
    );
    for (const value of [...Object.values(IDENTITY), numberOf(3), STRANGER]) {
      for (const file of files) expect(file).not.toContain(value);
    }
  }, 60_000);

  test('a worker that is killed leaves a gap, a gateway that is killed leaves one, and what came before is there', async () => {
    program = await Program.start({ folder: operator.folder });
    const workers = execFileSync('ps', ['-o', 'pid=', '--ppid', String(program.pid)], { encoding: 'utf8' });
    process.kill(Number(workers.trim().split(/\s+/)[0]), 'SIGKILL');
    await eventually('the worker to be replaced', () => program.of('worker-replaced').length > 0, 30_000);
    await program.stop();
    expect((await recipients()).gaps.map(({ cause }) => cause)).toEqual(['worker-ended']);
    program = await Program.start({ folder: operator.folder });
    program.signal('SIGKILL');
    await eventually('the gateway to be gone', () => !program.isAlive);
    program = await Program.start({ folder: operator.folder });
    await program.stop();
    const { gaps, recipients: rows } = await recipients();
    expect(gaps.map(({ cause }) => cause)).toEqual(['worker-ended', 'killed']);
    expect(rows.find(({ domain }) => domain === 'acme.example')?.requests).toEqual({
      least: 600 + OLD,
      most: 600 + OLD,
    });
  }, 90_000);
});
