// The O2 change by every way in: a file that is edited, SIGHUP, the admin API, the swapped link of a ConfigMap, a line of the settings.
// Each is refused within two seconds, said with a witness, and the stranger still receives nothing on any worker.
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { RefusedCandidate } from '../../../src/control/gateway-status.js';
import { partner } from '../../wire/harness/policy-text.js';
import { eventually } from '../../wire/harness/deadline.js';
import { describeWith } from '../../programs.js';
import { BANK, O2, OWN, Operator, PARTNERS, PAY, policyOf, STRANGER, WIDE } from './operator.js';
import { Program } from './program.js';
import { Site } from './site.js';
import { Subscriber } from './subscriber.js';

interface Status {
  readonly digest: string;
  readonly candidate: RefusedCandidate | null;
  readonly workers: readonly { readonly digest: string; readonly serving: boolean }[];
}

const EVERYONE = policyOf({
  partners: [
    ...Object.values(PARTNERS),
    partner({
      id: 'wide',
      hosts: ['*.example.net'],
      transport: 'tls',
      release: [{ header: 'X-IMSI', as: 'unchanged' }],
    }),
  ],
});
/** How long a refusal may take. */
const WITHIN_MS = 2000;
/** So many connections reach both workers: one that reached neither more than once would be a chance of one in 2^23. */
const CONNECTIONS = 24;

describeWith(['ssh-keygen'], 'a change that widens and that nobody approved', () => {
  let site: Site;
  let operator: Operator;
  let program: Program;
  let subscribers: Subscriber[];

  beforeAll(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    operator = await Operator.make(site.port, { workers: 2 });
    // As a ConfigMap lies in a pod: policy.yaml -> ..data/policy.yaml, ..data -> a folder of the version.
    mkdirSync(operator.path('map/..v0'), { recursive: true });
    writeFileSync(operator.path('map/..v0/policy.yaml'), JSON.stringify(policyOf()));
    symlinkSync('..v0', operator.path('map/..data'));
    symlinkSync('..data/policy.yaml', operator.path('map/policy.yaml'));
    operator.writeSettings({ policy: 'map/policy.yaml' });
    await operator.baseline();
    program = await Program.start({ folder: operator.folder });
    subscribers = await Promise.all(Array.from({ length: CONNECTIONS }, () => Subscriber.open(program.port)));
    await nothingMoved();
  }, 60_000);

  /** What runs is what lies on disk again, whatever a test left. */
  afterEach(async () => {
    rmSync(operator.path('map/..data'));
    symlinkSync('..v0', operator.path('map/..data'));
    write(policyOf());
    operator.writeSettings();
    await program.api('/v1/reload', {});
    expect((await program.api<Status>('/v1/status')).candidate).toBeNull();
  });

  afterAll(async () => {
    for (const subscriber of subscribers) subscriber.close();
    await program.stop().finally(() => program.kill());
    await site.stop();
    operator.remove();
  });

  const write = (policy: object): void => writeFileSync(operator.path('map/..v0/policy.yaml'), JSON.stringify(policy));

  /** On the old connections, on both workers. */
  async function nothingMoved(): Promise<void> {
    const hosts = [
      [STRANGER, []],
      ['a.example.net', []],
      [PAY, WIDE.pay],
      [BANK, WIDE.bank],
      [OWN, WIDE.own],
    ] as const;
    for (const [host, names] of hosts) {
      const reached = await Promise.all(subscribers.map((subscriber) => subscriber.ask(host)));
      expect(reached.map((each) => [each.status, each.names])).toEqual(subscribers.map(() => [200, names]));
    }
    expect(site.strays).toEqual([]);
    const { digest, workers } = await program.api<Status>('/v1/status');
    expect(workers).toHaveLength(2);
    for (const worker of workers) expect(worker).toMatchObject({ digest, serving: true });
  }

  const refusals = (): number => program.of('policy-not-replaced').length;

  /** Does it, and waits until the log says that it was refused. */
  async function refusedBy(way: () => void | Promise<unknown>): Promise<Status> {
    const before = refusals();
    const began = performance.now();
    await way();
    await eventually('the refusal', () => refusals() > before, 20_000);
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
    await nothingMoved();
    const { code, out } = await program.verb('status', '--format', 'json');
    expect(code).toBe(0);
    return JSON.parse(out) as Status;
  }

  function swapLink(policy: object): void {
    const version = `..v${Date.now()}`;
    mkdirSync(operator.path(`map/${version}`));
    writeFileSync(operator.path(`map/${version}/policy.yaml`), JSON.stringify(policy));
    symlinkSync(version, operator.path('map/..data_tmp'));
    renameSync(operator.path('map/..data_tmp'), operator.path('map/..data'));
  }

  const ways: readonly (readonly [string, (policy: object) => void | Promise<unknown>])[] = [
    ['a file that is edited', write],
    [
      'a file that another takes the place of',
      (policy) => {
        writeFileSync(operator.path('map/..v0/new'), JSON.stringify(policy));
        renameSync(operator.path('map/..v0/new'), operator.path('map/..v0/policy.yaml'));
      },
    ],
    [
      'SIGHUP',
      (policy) => {
        write(policy);
        program.signal('SIGHUP');
      },
    ],
    [
      'the admin API',
      async (policy) => {
        write(policy);
        const answer = await program.api<{ outcome: string; candidate: RefusedCandidate }>('/v1/reload', {});
        expect(answer).toMatchObject({ outcome: 'refused', candidate: { code: 'not-approved' } });
      },
    ],
    ['the swapped link of a ConfigMap', swapLink],
  ];
  const changes = [
    ['the O2 change', O2, 'x-acme-line'],
    ['a wildcard', EVERYONE, 'x-imsi'],
  ] as const;

  test.each(
    ways.flatMap(([way, act]) => changes.map(([name, policy, header]) => ({ way, act, name, policy, header }))),
  )(
    '$name by $way is refused',
    async ({ act, policy, header }) => {
      const { candidate } = await refusedBy(() => act(policy));
      const line = program.of('policy-not-replaced').at(-1);
      expect(candidate).toMatchObject({ code: 'not-approved' });
      expect(['widening', 'incomparable']).toContain(candidate?.direction);
      expect(candidate?.witnesses.map((witness) => witness.header.toLowerCase())).toContain(header);
      for (const { url } of candidate?.witnesses ?? []) expect(() => new URL(url)).not.toThrow();
      expect(line).toMatchObject({ level: 'error', cause: 'not-approved' });
      expect(line?.['witnesses']).toEqual(candidate?.witnesses.map(({ url }) => url));
      expect((await program.fetch('/readyz')).body).toContain('not-approved');
    },
    60_000,
  );

  test.each([
    ['a prefix that is permitted', { destinations: { permit: ['127.0.0.0/8', '10.0.0.0/8'] } }, 'destinations.permit'],
    ['no more signatures', { approval: { required: 0, signers: 'allowed_signers' } }, 'approval.required'],
    [
      'clients from everywhere',
      { listeners: [{ name: 'internet', address: '127.0.0.1:0', clients: ['0.0.0.0/0'], trust: 'path' }] },
      'listeners.internet.clients',
    ],
  ])(
    '%s, a line of the settings, is refused',
    async (_, more: Record<string, object>, setting) => {
      const settings = readFileSync(operator.path('headgate.yaml'), 'utf8');
      const whole = JSON.parse(settings) as Record<string, object>;
      const merged =
        more['destinations'] === undefined
          ? more
          : { destinations: { ...whole['destinations'], ...more['destinations'] } };
      const { candidate } = await refusedBy(() =>
        operator.write('headgate.yaml', JSON.stringify({ ...whole, ...merged })),
      );
      expect(candidate).toMatchObject({ code: 'not-approved', direction: 'widening' });
      expect(candidate?.messages.join('\n')).toContain(`\`${setting}\``);
      expect(program.of('policy-not-replaced').at(-1)?.['problems']).toEqual(candidate?.messages);
    },
    60_000,
  );

  test('a wildcard at any depth is refused whoever approved it, with an example', async () => {
    write(policyOf({ partners: [PARTNERS.pay, { ...PARTNERS.bank, hosts: ['**.example.net'] }, PARTNERS.own] }));
    const answer = await program.api<{ outcome: string; candidate: RefusedCandidate }>('/v1/reload', {});
    expect(answer).toMatchObject({ outcome: 'refused', candidate: { code: 'never-set', direction: null } });
    expect(answer.candidate.messages.join('\n')).toMatch(/http:\/\/\S+\.example\.net\//);
    await nothingMoved();
  }, 60_000);

  test('the same change with its approval is admitted by the file alone, so the refusals above are the gate’s', async () => {
    const wider = policyOf({
      partners: [PARTNERS.pay, { ...PARTNERS.bank, hosts: [BANK, 'a.example.net'] }, PARTNERS.own],
    });
    write(wider);
    await eventually('the refusal', async () => (await program.api<Status>('/v1/status')).candidate !== null);
    await operator.widening(policyOf());
    await eventually('the admission', async () => {
      const { candidate } = await program.api<Status>('/v1/status');
      return candidate === null;
    });
    const reached = await Promise.all(subscribers.map((subscriber) => subscriber.ask('a.example.net')));
    expect(reached.map(({ names }) => names)).toEqual(subscribers.map(() => ['x-imsi']));
  }, 60_000);
});
