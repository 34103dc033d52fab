// No line of the settings moves a number or disarms the gate: for each gated setting, a candidate with that line changed, alone and
// together with the O2 change, and with an approval that would be enough if the candidate’s own rule judged it. One gateway refuses all.
import { rmSync } from 'node:fs';
import { SETTINGS, type SettingPath } from '../../../src/control/settings-table.js';
import { eventually } from '../../wire/harness/deadline.js';
import { describeWith } from '../../programs.js';
import { Authority } from '../../wire/harness/certificate.js';
import { BANK, O2, OWN, Operator, PAY, policyOf, STRANGER, WIDE, type Values } from './operator.js';
import { Program } from './program.js';
import { Site } from './site.js';
import { Subscriber } from './subscriber.js';

const GATED = (Object.keys(SETTINGS) as SettingPath[]).filter((path) => SETTINGS[path].gate === 'gated');

interface Row {
  /** Over the settings, by top-level key. */
  readonly line: (elsewhere: string, canary: Values) => Values;
  /** Whose signatures would be enough if the candidate’s own rule judged. */
  readonly signers?: readonly string[];
}

const LISTENER = { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: ['127.0.0.0/8'] };
/** The canary's own, of which every host is at this port. */
const canaryAt = (port: number): Values => ({
  ...{ name: 'canary', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'none' },
  mirror: `127.0.0.1:${port}`,
});
const APPROVAL = {
  required: 1,
  groups: { privacy: 1 },
  signers: 'allowed_signers',
  revoked: 'revoked',
  audience: 'internet-edge',
};
/** As the gateway runs, `port` being that of every host. */
const destinationsAt = (port: number): Values => ({
  hosts: { [PAY]: `127.0.0.1:${port}` },
  default: `127.0.0.1:${port}`,
  permit: ['127.0.0.0/8'],
  resolvers: ['127.0.0.1:9'],
  tls: { ca: ['authority.pem'] },
});

/** `elsewhere`: an address and port at which identity must never arrive. */
const ROWS: Record<string, Row> = {
  'listeners[].name': { line: (_, canary) => ({ listeners: [LISTENER, canary, { ...LISTENER, name: 'other-apn' }] }) },
  'listeners[].clients': { line: (_, canary) => ({ listeners: [{ ...LISTENER, clients: ['0.0.0.0/0'] }, canary] }) },
  'listeners[].trust': { line: (_, canary) => ({ listeners: [{ ...LISTENER, trust: 'path' }, canary] }) },
  // Every subscriber's request would be there.
  'listeners[].mirror': { line: (elsewhere, canary) => ({ listeners: [{ ...LISTENER, mirror: elsewhere }, canary] }) },
  'listeners[].as': { line: (_, canary) => ({ listeners: [LISTENER, { ...canary, as: 'internet' }] }) },
  'canary.numbers': { line: () => ({ canary: { numbers: ['447700900990'] } }) },
  'listeners[].kind': { line: (_, canary) => ({ listeners: [{ ...LISTENER, kind: 'proxy-protocol' }, canary] }) },
  'destinations.hosts': { line: (elsewhere) => ({ destinations: { hosts: { [PAY]: elsewhere } } }) },
  'destinations.default': { line: (elsewhere) => ({ destinations: { default: elsewhere } }) },
  'destinations.permit': { line: () => ({ destinations: { permit: ['0.0.0.0/0'] } }) },
  'destinations.refusedPorts': { line: () => ({ destinations: { refusedPorts: [] } }) },
  'destinations.resolvers': { line: (elsewhere) => ({ destinations: { resolvers: [elsewhere] } }) },
  'destinations.tls.ca': { line: () => ({ destinations: { tls: { ca: ['authority.pem', 'another.pem'] } } }) },
  'connect.ports': { line: () => ({ connect: { ports: [443, 8443] } }) },
  ceiling: { line: () => ({ ceiling: undefined }) },
  keys: { line: () => ({ keys: { 'acme-2026': 'another-key' } }) },
  'approval.required': { line: () => ({ approval: { required: 0, groups: {} } }), signers: [] },
  'approval.groups': { line: () => ({ approval: { groups: {} } }), signers: ['ops', 'clerk'] },
  'approval.signers': { line: () => ({ approval: { signers: 'more_signers' } }), signers: ['ops', 'thief'] },
  'approval.revoked': { line: () => ({ approval: { revoked: 'revoked-nobody' } }), signers: ['ops', 'lost'] },
  'approval.audience': { line: () => ({ approval: { audience: 'lab' } }), signers: ['ops', 'officer'] },
  maxYears: { line: () => ({ maxYears: 3 }) },
  skew: { line: () => ({ skew: '0s' }) },
};

interface Answer {
  readonly outcome: string;
  readonly digest: string;
  readonly candidate?: { readonly code: string; readonly messages: readonly string[] };
}

test('each gated setting has a row', () => {
  expect(Object.keys(ROWS).sort()).toEqual([...GATED].sort());
});

describeWith(['ssh-keygen', 'openssl'], 'a line of the settings', () => {
  let site: Site;
  let elsewhere: Site;
  let operator: Operator;
  let program: Program;
  let subscriber: Subscriber;
  let digest: string;
  let settings: string;

  beforeAll(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    elsewhere = await Site.start([]);
    operator = await Operator.make(site.port, {
      listeners: [LISTENER, canaryAt(site.port)],
      destinations: destinationsAt(site.port),
      connect: { ports: [443] },
      approval: APPROVAL,
      ceiling: 'ceiling.yaml',
      keys: { 'acme-2026': 'key' },
      maxYears: 1,
      skew: '5s',
    });
    const people = await Promise.all([
      operator.person('clerk'),
      operator.person('lost', ',group:privacy'),
      operator.person('privacy', ',group:privacy'),
    ]);
    const thief = await operator.person('thief', ',group:privacy');
    const ops = `ops@operator.example ${operator.publicKey('ops')}`;
    const officer = `officer@operator.example,group:privacy ${operator.publicKey('officer')}`;
    operator.write('allowed_signers', `${[ops, officer, ...people].join('\n')}\n`);
    operator.write('more_signers', `${[ops, officer, ...people, thief].join('\n')}\n`);
    operator.write('revoked', `${operator.publicKey('lost')}\n`);
    operator.write('revoked-nobody', '# nobody\n');
    operator.write('key', Buffer.alloc(32, 7));
    operator.write('another-key', Buffer.alloc(32, 8));
    operator.write('ceiling.yaml', JSON.stringify(policyOf()));
    for (const name of ['authority', 'another']) {
      const authority = new Authority(name);
      operator.write(`${name}.pem`, authority.certificate);
      authority.remove();
    }
    operator.writeSettings();
    settings = JSON.stringify(operator.settings);
    await operator.baseline();
    program = await Program.start({ folder: operator.folder });
    subscriber = await Subscriber.open(program.port);
    ({ digest } = await program.api<{ digest: string }>('/v1/status'));
    await nothingMoved();
  }, 60_000);

  afterEach(() => {
    operator.write('headgate.yaml', settings);
    operator.writePolicy(policyOf());
  });

  afterAll(async () => {
    await program.stop().finally(() => program.kill());
    await site.stop();
    await elsewhere.stop();
    operator.remove();
  });

  async function nothingMoved(): Promise<void> {
    const hosts = [
      [STRANGER, []],
      [PAY, WIDE.pay],
      [BANK, WIDE.bank],
      [OWN, WIDE.own],
    ] as const;
    for (const [host, names] of hosts) expect(await subscriber.ask(host)).toMatchObject({ status: 200, names });
    expect([site.strays, elsewhere.count]).toEqual([[], 0]);
    expect((await program.api<{ digest: string }>('/v1/status')).digest).toBe(digest);
  }

  /** The settings that run, with the line changed; a member of a section alone, the rest of it stays. */
  function changed(line: Values): Values {
    const whole = JSON.parse(settings) as Record<string, object>;
    const merged = Object.entries(line).map(([key, value]) => [
      key,
      key === 'destinations' || key === 'approval' ? { ...whole[key], ...(value as object) } : value,
    ]);
    return { ...whole, ...(Object.fromEntries(merged) as Values) };
  }

  async function refused(): Promise<NonNullable<Answer['candidate']>> {
    const answer = await program.api<Answer>('/v1/reload', {});
    expect(answer).toMatchObject({ outcome: 'refused', digest });
    await nothingMoved();
    if (answer.candidate === undefined) throw new Error('no candidate');
    return answer.candidate;
  }

  test.each(Object.entries(ROWS))(
    '%s changed alone, with the O2 change, and with a consent of its own making',
    async (path, row) => {
      operator.write(
        'headgate.yaml',
        JSON.stringify(changed(row.line(`127.0.0.1:${elsewhere.port}`, canaryAt(site.port)))),
      );
      const alone = await refused();
      expect(alone.code).toBe('not-approved');
      const named = path
        .replace('listeners[].name', 'listeners.other-apn')
        .replace('listeners[].as', 'listeners.canary.as')
        .replace('listeners[]', 'listeners.internet')
        .replace('skew', 'skewMs');
      expect(alone.messages.join('\n')).toContain(`\`${named}`);
      operator.writePolicy(O2);
      // Beyond the ceiling that runs, where the candidate keeps it.
      const code = path === 'ceiling' ? 'not-approved' : 'ceiling';
      expect((await refused()).code).toBe(code);
      if (row.signers === undefined) return;
      operator.writePolicy(policyOf());
      const approval = await operator.widening(policyOf(), { settings, signers: row.signers });
      expect((await refused()).code).toBe('not-approved');
      operator.forget(approval);
    },
    60_000,
  );

  test('the same line with its approval is admitted, so the refusals above are the gate’s', async () => {
    operator.write('headgate.yaml', JSON.stringify(changed({ connect: { ports: [443, 8443] } })));
    const approval = await operator.widening(policyOf(), { settings });
    const answer = await program.api<Answer>('/v1/reload', {});
    expect(answer.outcome).toBe('admitted');
    operator.forget(approval);
    rmSync(operator.path('before.yaml'));
    // Back again, for whatever comes after.
    operator.write('headgate.yaml', settings);
    await eventually('the old value', async () => (await program.api<Answer>('/v1/reload', {})).digest === digest);
  }, 60_000);
});
