// The bad changes of a drill: what was done at O2 and what could be done next, each against a policy that it would widen.

/** A file as plain data. */
export type Tree = Readonly<Record<string, unknown>>;

export interface DrillFiles {
  readonly settings: Tree;
  readonly policy: Tree;
}

export interface DrillCase {
  readonly name: string;
  readonly says: string;
  /** The refusal that shows the guard; another one shows nothing. */
  readonly expects: 'never-set' | 'not-approved';
  /** What runs, made so that the change widens it, and the change. */
  change(files: DrillFiles): { readonly before: DrillFiles; readonly after: DrillFiles };
  /** An approval to put beside it, from one that nobody signed. */
  forges?(text: string): { readonly text: string; readonly signature: string | null };
}

const PARTNER = {
  id: 'drill',
  name: 'Drill Ltd',
  purpose: 'a drill of the gate',
  owner: 'drill@operator.example',
  hosts: ['pay.drill.example'],
  transport: 'tls',
  release: [{ header: 'X-MSISDN', as: 'unchanged' }],
};
const OWN_NAME = { name: 'X-Headgate-Drill-Line', carries: 'msisdn' };

function until(years: number): string {
  return `${new Date().getUTCFullYear() + years}-01-31`;
}

function listOf(tree: Tree, key: string): readonly unknown[] {
  const value = tree[key];
  return Array.isArray(value) ? value : [];
}

function mapOf(tree: Tree, key: string): Tree {
  const value = tree[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

function withPartner(files: DrillFiles, more: Tree = {}): DrillFiles {
  const partners = [...listOf(files.policy, 'partners'), { ...PARTNER, until: until(1), ...more }];
  return { ...files, policy: { ...files.policy, partners, releasesNothing: false } };
}

function withPolicy(files: DrillFiles, more: Tree): DrillFiles {
  return { ...files, policy: { ...files.policy, ...more } };
}

function withSettings(files: DrillFiles, more: Tree): DrillFiles {
  return { ...files, settings: { ...files.settings, ...more } };
}

/** Names with the number in them; the first that the policy does not speak of, so that the change is wrong for one reason alone. */
const NUMBER_NAMES = ['x-up-calling-line-id', 'x-nokia-msisdn', 'x-h3g-msisdn', 'x-jinny-cid', 'x-hts-clid', 'rapmin'];

function unreleased(policy: Tree): string {
  const text = JSON.stringify(policy).toLowerCase();
  return NUMBER_NAMES.find((name) => !text.includes(name)) ?? 'x-up-calling-line-id';
}

const wider = (files: DrillFiles): { before: DrillFiles; after: DrillFiles } => ({
  before: withPartner(files),
  after: withPartner(files, { hosts: ['pay.drill.example', 'new.drill.example'] }),
});

/** In the order of the report. */
export const DRILL_CASES: readonly DrillCase[] = [
  {
    name: 'o2',
    expects: 'never-set',
    says: 'the O2 change: the header with the number is let through to everyone',
    change: (files) => {
      const identity = mapOf(files.policy, 'identity');
      const watch = { name: unreleased(files.policy), reason: 'maintenance', owner: PARTNER.owner, until: until(1) };
      return {
        before: withPartner(files),
        after: withPolicy(withPartner(files), {
          identity: { ...identity, watch: [...listOf(identity, 'watch'), watch] },
        }),
      };
    },
  },
  {
    name: 'everyone',
    expects: 'never-set',
    says: 'a partner’s host becomes `*`',
    change: (files) => ({ before: withPartner(files), after: withPartner(files, { hosts: ['*'] }) }),
  },
  {
    name: 'label',
    expects: 'not-approved',
    says: 'one label too many: `*.pay.drill.example` beside `pay.drill.example`',
    change: (files) => ({
      before: withPartner(files),
      after: withPartner(files, { hosts: ['pay.drill.example', '*.pay.drill.example'] }),
    }),
  },
  {
    name: 'own-name',
    expects: 'not-approved',
    says: 'an own header is taken out of the policy',
    change: (files) => {
      const identity = mapOf(files.policy, 'identity');
      const headers = [...listOf(identity, 'headers'), OWN_NAME];
      return {
        before: withPolicy(withPartner(files), { identity: { ...identity, headers } }),
        after: withPartner(files),
      };
    },
  },
  {
    name: 'deny',
    expects: 'not-approved',
    says: 'a deny is ended',
    change: (files) => {
      const deny = [...listOf(files.policy, 'deny'), { hosts: ['pay.drill.example'], reason: 'regulator' }];
      return { before: withPolicy(withPartner(files), { deny }), after: withPartner(files) };
    },
  },
  {
    name: 'older',
    expects: 'not-approved',
    says: 'an older policy that was wider comes back',
    change: (files) => {
      const { before, after } = wider(files);
      return { before, after };
    },
  },
  {
    name: 'unsigned',
    expects: 'not-approved',
    says: 'a widening with an approval that nobody signed',
    change: wider,
    forges: (text) => ({ text, signature: null }),
  },
  {
    name: 'forged',
    expects: 'not-approved',
    says: 'a widening with an approval and a signature that is none',
    change: wider,
    forges: (text) => ({
      text,
      signature: '-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n',
    }),
  },
  {
    name: 'required',
    expects: 'not-approved',
    says: '`approval.required` is lowered to 0',
    change: (files) => ({
      before: withPartner(files),
      after: withSettings(withPartner(files), { approval: { ...mapOf(files.settings, 'approval'), required: 0 } }),
    }),
  },
  {
    name: 'static',
    expects: 'not-approved',
    says: 'another address for a partner’s host',
    change: (files) => {
      const destinations = mapOf(files.settings, 'destinations');
      const hosts = { ...mapOf(destinations, 'hosts'), 'pay.drill.example': '192.0.2.66:80' };
      return {
        before: withPartner(files),
        after: withSettings(withPartner(files), { destinations: { ...destinations, hosts } }),
      };
    },
  },
  {
    name: 'clear',
    expects: 'not-approved',
    says: 'a partner is sent to over plain http in place of TLS',
    change: (files) => ({ before: withPartner(files), after: withPartner(files, { transport: 'http' }) }),
  },
  {
    name: 'trust',
    expects: 'not-approved',
    says: 'one more address whose identity headers are believed',
    change: (files) => {
      const listeners = listOf(files.settings, 'listeners') as readonly Tree[];
      const trusting = (trust: unknown): readonly Tree[] =>
        listeners.map((each, index) => (index === 0 ? { ...each, trust } : each));
      return {
        before: withSettings(withPartner(files), { listeners: trusting(['192.0.2.1/32']) }),
        after: withSettings(withPartner(files), { listeners: trusting(['192.0.2.1/32', '198.51.100.0/24']) }),
      };
    },
  },
];
