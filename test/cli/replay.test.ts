// `headgate replay`: which past, compared with what, how it is printed and how it ends.
import { join } from 'node:path';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';
import { run } from './run.js';

const WIDER = POLICY.replace('hosts: [pay.acme.example]', 'hosts: [pay.acme.example, api.acme.example]');
const LINE = (day: number, host: string): string =>
  `${host} 10.0.0.9 - - [${day}/Nov/2026:00:00:00 +0000] "GET /?n=447700900123 HTTP/1.1" 200 5 "-" "curl"`;
const LOG = [
  LINE(10, 'news.example'),
  ...Array.from({ length: 20 }, () => LINE(11, 'api.acme.example')),
  'x-msisdn 447700900123 is no line of a log',
  ...Array.from({ length: 5 }, () => LINE(13, 'pay.acme.example')),
  LINE(14, 'news.example').replace(/^\S+ /, ''),
  '1795412525.123  12 10.0.0.9 TCP_TUNNEL/200 1 CONNECT pay.acme.example:443 - HIER_DIRECT/192.0.2.7 -',
  LINE(20, 'news.example'),
  '',
].join('\n');

let space: Workspace;
const at = (name: string): string => join(space.folder, name);
beforeEach(() => {
  space = makeWorkspace({
    'wider.yaml': WIDER,
    'access.log': LOG,
    'counts.txt': 'api.acme.example 70\nnews.example 9\n',
  });
});
afterEach(() => space.remove());
const replay = (...words: readonly string[]): ReturnType<typeof run> => run('replay', '--candidate', ...words);

test('a widening: who would receive what, at which host, how often, and what the log could not tell', async () => {
  const { out, err, code } = await replay(
    at('wider.yaml'),
    '--policy',
    at('policy.yaml'),
    '--access-log',
    at('access.log'),
  );
  const text = out.replaceAll(space.folder, '.');
  expect(err).toBe('');
  expect(text).toBe(
    `replayed the log \`./access.log\` with \`./wider.yaml\` in place of \`./policy.yaml\`: 27 requests over 13.2 days
1 line could not be read and counted as nothing; the first is line 22
1 line without a host counted as nothing; the first is line 28
1 request by CONNECT or https: nothing is ever released there

would be released, and was not: 20 requests
host              partner  would receive                                   when                                requests  a day
api.acme.example  pay      x-msisdn (unchanged), other, novel (unchanged)  at once until ${String(new Date().getUTCFullYear() + 1)}-07-01T00:00:00Z  20        2

nothing that was released there would end

requests are all those to the host: how many of them carried the header, nobody wrote down
`.replace(/when +requests/, (each) => each),
  );
  expect(code).toBe(0);
});

test('a narrowing: which partner’s requests end, in all and a day', async () => {
  const { out } = await replay(
    at('policy.yaml'),
    '--policy',
    at('wider.yaml'),
    '--access-log',
    at('counts.txt'),
    '--covers',
    '7d',
  );
  expect(out).toContain('79 requests over 7.0 days\n');
  expect(out).toContain('nothing would be released there that was not\n');
  expect(out).toMatch(
    /^would no longer be released, or less: 70 requests\npartner +headers +hosts +requests +a day\npay +other, novel, x-msisdn +1 +70 +10\n/m,
  );
});

test('no line of the log is printed, whatever is in it', async () => {
  for (const format of ['text', 'json']) {
    const { out, err } = await replay(at('wider.yaml'), '--access-log', at('access.log'), '--format', format);
    expect(out + err).not.toMatch(/4477|10\.0\.0\.9/);
  }
});

test('without a policy that runs everything that the candidate releases is new', async () => {
  const { out } = await replay(at('wider.yaml'), '--access-log', at('counts.txt'));
  expect(out).toContain('against nothing, so that all that the candidate releases is new: 79 requests\n');
  expect(out).toMatch(/^api\.acme\.example +pay +x-msisdn \(unchanged\)/m);
  // How long it covers nobody said.
  expect(out).not.toContain('a day');
});

test('json is plain data', async () => {
  const { out } = await replay(
    at('wider.yaml'),
    '--policy',
    at('policy.yaml'),
    '--access-log',
    at('access.log'),
    '--format',
    'json',
  );
  expect(JSON.parse(out)).toMatchObject({
    source: { unreadable: { lines: 1, first: 22 }, hostless: { lines: 1, first: 28 }, tunnelled: 1 },
    requests: 27,
    first: '2026-11-10T00:00:00.000Z',
    gaining: 20,
    losing: 0,
    gains: [
      {
        host: 'api.acme.example',
        partner: 'pay',
        requests: 20,
        headers: [{ header: 'x-msisdn', before: { form: 'none' }, after: { form: 'unchanged' } }, {}],
        from: null,
      },
    ],
    losses: [],
  });
});

test('rows over the number that is asked for are counted', async () => {
  const lines = Array.from({ length: 30 }, (_, n) => `h${n}.acme.example ${n + 1}\n`).join('');
  const wild = POLICY.replace('[pay.acme.example]', '["*.acme.example"]').replace('transport: http', 'transport: tls');
  const log = space.write('hosts.txt', lines);
  const { out } = await replay(space.write('wild.yaml', wild), '--access-log', log, '--most', '4');
  expect(out.split('\n').filter((line) => line.startsWith('h'))).toHaveLength(5);
  expect(out).toContain('and 26 more\n');
});

test.each([
  ['no past', [], 64, 'say which past'],
  ['a duration that is none', ['--access-log', 'counts.txt', '--covers', '7'], 64, 'is no duration'],
  ['a number of rows that is none', ['--access-log', 'counts.txt', '--most', '0'], 64, '`--most` takes a number'],
  ['a log that is not there', ['--access-log', 'gone.log'], 1, 'no such file'],
  ['a file that is no log', ['--access-log', 'policy.yaml'], 1, 'names no destination in a form that is known here'],
  ['a policy that is not there', ['--access-log', 'counts.txt', '--policy', 'gone.yaml'], 1, 'no such file'],
  ['what runs is asked for and no settings are named', ['--access-log', 'counts.txt', '--policy', 'live'], 1, '`live`'],
])('%s ends with a code of its own', async (_rule, words, code, said) => {
  const named = words.map((word) => (/\./.test(word) ? at(word) : word));
  const ran = await replay(at('wider.yaml'), ...named);
  expect(ran.err).toContain(said);
  expect([ran.code, ran.out]).toEqual([code, '']);
});

test('a candidate that asks for what no approval opens ends with 4', async () => {
  const never = space.write('never.yaml', POLICY.replace('[pay.acme.example]', '["**"]'));
  expect((await replay(never, '--access-log', at('counts.txt'))).code).toBe(4);
});

test('with settings it is compared with the gateway that runs; where none answers it ends with 1', async () => {
  space.write('headgate.yaml', `${SETTINGS}admin: { address: "127.0.0.1:1" }\n`);
  const { err, code } = await replay(at('wider.yaml'), '--config', space.config, '--access-log', at('counts.txt'));
  expect(err).toContain('127.0.0.1:1');
  expect(code).toBe(1);
});
