// The text of an approval: written for people to read and sign, and read back strictly. INVARIANT: whatever the words of a line say, its
// data says (test/change/approval-text.test.ts): a line whose words differ from its data refuses the whole text.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { problemAt, type Document } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { validate } from '../document/validate.js';
import { keyOf } from '../names/key.js';
import type { Axis } from '../policy/axis.js';
import { readHostPattern } from '../policy/host-pattern.js';
import type { HostPattern } from '../policy/policy.js';
import { APPLY_WITHIN_MS, BREAK_GLASS_MS, type Approval } from './approval.js';
import type { Delta, ReleaseGrant, SettingGrant } from './grant.js';
import { patternText, saysOf, saysOfSetting } from './grant-words.js';

const text = z.string().min(1).max(2000);
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/, {
  error: 'it takes an instant like `2026-12-31T18:00:00Z`',
});
const axis = <T extends z.ZodType>(member: T) =>
  z.union([z.strictObject({ only: z.array(member).min(1) }), z.strictObject({ except: z.array(member).min(1) })]);
const host = z.string().max(300);
const value = z.union([z.string(), z.int(), z.array(z.string())]);

const release = z.strictObject({
  says: text,
  member: z.string().min(1).max(100),
  header: z.string().min(1).max(200),
  form: z.enum(['unchanged', 'pseudonym']),
  keys: z.array(text).min(1).optional(),
  route: z.enum(['http', 'tls']),
  connect: z.int().min(1).max(65_535).optional(),
  partner: z.string().min(1).max(40).optional(),
  listeners: axis(text).optional(),
  ports: axis(z.int().min(0).max(65_535)).optional(),
  from: instant.optional(),
  until: instant.optional(),
  hosts: z.array(z.union([host, z.strictObject({ host, except: z.array(host).min(1) })])).min(1),
});
const setting = z.strictObject({
  says: z.string().min(1),
  setting: text,
  before: value.optional(),
  after: value.optional(),
});
const SCHEMA = z.strictObject({
  headgateApproval: z.literal(1),
  kind: z.enum(['widening', 'baseline', 'break-glass']),
  audience: text.optional(),
  generation: z.int().min(0),
  proposer: text,
  reason: text,
  ticket: text.optional(),
  created: instant,
  applyBefore: instant,
  until: instant.optional(),
  base: text.optional(),
  candidate: text,
  replay: z.array(z.string().max(1000)).min(1).max(100).optional(),
  releases: z.array(release).optional(),
  settings: z.array(setting).optional(),
});
type Written = z.output<typeof SCHEMA>;

/** Ends with a line feed. Reading it gives the same approval, `id` apart. */
export function renderApproval(approval: Omit<Approval, 'id'>): string {
  const { kind, audience, generation, proposer, reason, ticket, base, candidate, delta, untilMs, replay } = approval;
  const lines = [
    '# A headgate approval. Whoever signs it agrees to everything below, and to nothing else.',
    '# Sign it with `headgate approve`, or with `ssh-keygen -Y sign -n headgate-approval -f YOUR_KEY THIS_FILE`.',
    'headgateApproval: 1',
    `kind: ${kind}`,
    ...(audience === null ? [] : [`audience: ${quoted(audience)}`]),
    `generation: ${generation}`,
    `proposer: ${quoted(proposer)}`,
    `reason: ${quoted(reason)}`,
    ...(ticket === null ? [] : [`ticket: ${quoted(ticket)}`]),
    `created: ${at(approval.createdMs)}`,
    `applyBefore: ${at(approval.applyBeforeMs)}`,
    ...(untilMs === null ? [] : [`until: ${at(untilMs)}`]),
    ...(base === null ? [] : [`base: ${quoted(base)}`]),
    `candidate: ${quoted(candidate)}`,
    ...(replay === undefined
      ? []
      : ['# To inform: what the past would have been. Whoever signs does not agree to it.']),
    ...(replay === undefined ? [] : ['replay:', ...replay.map((line) => `  - ${quoted(line)}`)]),
    ...(delta.releases.length === 0 ? [] : ['releases:', ...delta.releases.flatMap(releaseLines)]),
    ...(delta.settings.length === 0 ? [] : ['settings:', ...delta.settings.flatMap(settingLines)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The approval of a text, or everything that is wrong with it. Codes begin with `approval-`, or are those of any document. */
export function readApproval(source: Source): Outcome<Approval> {
  const document = parseDocument(source);
  if (!document.ok) return document;
  const valid = validate(document.value, SCHEMA);
  if (!valid.ok) return valid;
  const written = valid.value;
  const problems: Problem[] = [];
  const delta: Delta = {
    releases: (written.releases ?? []).map((_, index) => readRelease(document.value, written, index, problems)),
    settings: (written.settings ?? []).map((each, index) => {
      const grant: SettingGrant = { setting: each.setting, before: each.before ?? null, after: each.after ?? null };
      judgeWords(document.value, ['settings', index], each.says, saysOfSetting(grant), problems);
      return grant;
    }),
  };
  problems.push(...timeProblems(document.value, written));
  if (problems.length > 0) return { ok: false, problems };
  const { kind, generation, proposer, reason, candidate } = written;
  const id = createHash('sha256').update(source.text).digest('hex');
  return {
    ok: true,
    value: {
      id,
      kind,
      audience: written.audience ?? null,
      generation,
      proposer,
      reason,
      ticket: written.ticket ?? null,
      createdMs: Date.parse(written.created),
      applyBeforeMs: Date.parse(written.applyBefore),
      untilMs: written.until === undefined ? null : Date.parse(written.until),
      base: written.base ?? null,
      candidate,
      ...(written.replay === undefined ? {} : { replay: written.replay }),
      delta,
    },
    problems,
  };
}

function releaseLines(grant: ReleaseGrant): readonly string[] {
  const { member, label, permitted, listeners, ports, from, until, where } = grant;
  const { form, keys, route, partner } = permitted;
  return [
    `  - says: ${quoted(saysOf(grant))}`,
    `    member: ${quoted(member)}`,
    `    header: ${quoted(label)}`,
    `    form: ${form}`,
    ...(keys.length === 0 ? [] : [`    keys: ${list(keys)}`]),
    `    route: ${route?.transport ?? 'http'}`,
    ...(route?.transport === 'tls' ? [`    connect: ${route.port}`] : []),
    ...(partner === null ? [] : [`    partner: ${quoted(partner)}`]),
    ...axisLine('listeners', listeners),
    ...axisLine('ports', ports),
    ...(from === null ? [] : [`    from: ${at(from)}`]),
    ...(until === null ? [] : [`    until: ${at(until)}`]),
    '    hosts:',
    ...where.map(({ pattern, except }) =>
      except.length === 0
        ? `      - ${quoted(patternText(pattern))}`
        : `      - { host: ${quoted(patternText(pattern))}, except: ${list(except.map(patternText))} }`,
    ),
  ];
}

function settingLines(grant: SettingGrant): readonly string[] {
  const shown = (each: SettingGrant['after']): string =>
    typeof each === 'number' ? String(each) : typeof each === 'string' ? quoted(each) : list(each ?? []);
  return [
    `  - says: ${quoted(saysOfSetting(grant))}`,
    `    setting: ${quoted(grant.setting)}`,
    ...(grant.before === null ? [] : [`    before: ${shown(grant.before)}`]),
    ...(grant.after === null ? [] : [`    after: ${shown(grant.after)}`]),
  ];
}

function axisLine<T extends string | number>(name: string, { kind, members }: Axis<T>): readonly string[] {
  return kind === 'except' && members.length === 0 ? [] : [`    ${name}: { ${kind}: ${list(members)} }`];
}

function list(members: readonly (string | number)[]): string {
  return `[${members.map((member) => (typeof member === 'number' ? String(member) : quoted(member))).join(', ')}]`;
}

/** JSON’s strings are strings of YAML in double quotes. */
function quoted(each: string): string {
  return JSON.stringify(each);
}

function at(ms: number): string {
  return quoted(new Date(ms).toISOString().replace('.000Z', 'Z'));
}

function readRelease(document: Document, written: Written, index: number, problems: Problem[]): ReleaseGrant {
  const each = written.releases?.[index] as z.output<typeof release>;
  const path = ['releases', index];
  const wrong = (key: string, message: string): void =>
    void problems.push(problemAt(document, [...path, key], { code: 'approval-line', message }));
  if (!isLabelOf(each.member, each.header)) {
    wrong('header', `\`${each.header}\` is not what \`${each.member}\` is called: the words would mislead`);
  }
  if ((each.form === 'pseudonym') !== (each.keys !== undefined))
    wrong('form', 'a pseudonym has keys, and nothing else has');
  if ((each.route === 'tls') !== (each.connect !== undefined))
    wrong('route', 'TLS has a port to connect to, and plain http has none');
  const pattern = (spelled: string): HostPattern => {
    if (spelled === '**' || spelled === '*') return { kind: spelled === '*' ? 'one' : 'any', host: '' };
    const reading = readHostPattern(spelled);
    if (reading.ok && patternText(reading.pattern) === spelled) return reading.pattern;
    // A wildcard over one label is in no policy, but the rest of a difference can be.
    const single = /^(\*{1,2})\.([a-z0-9-]{1,63})$/.exec(spelled);
    if (single !== null) return { kind: single[1] === '*' ? 'one' : 'any', host: single[2] ?? '' };
    wrong('hosts', `\`${spelled.slice(0, 80)}\` is no host as headgate writes it`);
    return { kind: 'exact', host: spelled };
  };
  const grant: ReleaseGrant = {
    member: each.member,
    label: each.header,
    permitted: {
      form: each.form,
      keys: each.keys ?? [],
      route: each.route === 'tls' ? { transport: 'tls', port: each.connect ?? 443 } : { transport: 'http' },
      partner: each.partner ?? null,
    },
    listeners: axisOf<string>(each.listeners),
    ports: axisOf<number>(each.ports),
    from: each.from === undefined ? null : Date.parse(each.from),
    until: each.until === undefined ? null : Date.parse(each.until),
    where: each.hosts.map((place) =>
      typeof place === 'string'
        ? { pattern: pattern(place), except: [] }
        : { pattern: pattern(place.host), except: place.except.map(pattern) },
    ),
  };
  judgeWords(document, path, each.says, saysOf(grant), problems);
  return grant;
}

function axisOf<T>(written: { only: T[] } | { except: T[] } | undefined): Axis<T> {
  if (written === undefined) return { kind: 'except', members: [] };
  return 'only' in written ? { kind: 'only', members: written.only } : { kind: 'except', members: written.except };
}

const SYMBOLIC: Readonly<Record<string, string>> = {
  other: 'other',
  'other:value': 'other holding this request’s value',
  'other:number': 'other holding a number of ours',
  'other:hint': 'other with a hint',
  'other:novel': 'other, novel',
};

/** Whether the words for a header are those of the member, so that nobody signs for another header than is meant. */
function isLabelOf(member: string, label: string): boolean {
  const [kind = '', key = ''] = member.split(/:(.*)/s);
  if (kind === 'name') return keyOf(label) === key && /^[A-Za-z0-9_.-]+$/.test(label);
  if (kind === 'prefix')
    return label.endsWith('*') && keyOf(label.slice(0, -1)) === key && /^[A-Za-z0-9_.-]+\*$/.test(label);
  if (kind === 'unexamined')
    return /^[A-Za-z0-9_.-]+, whatever it holds$/.test(label) && keyOf(label.split(',')[0] ?? '') === key;
  if (kind === 'accepted') return /^[A-Za-z0-9_.-]+, novel$/.test(label) && keyOf(label.split(',')[0] ?? '') === key;
  return SYMBOLIC[member] === label;
}

function judgeWords(
  document: Document,
  path: readonly (string | number)[],
  says: string,
  means: string,
  problems: Problem[],
): void {
  if (says === means) return;
  problems.push(
    problemAt(document, [...path, 'says'], {
      code: 'approval-says',
      message: `the words say something else than the line means: it means \`${means}\``,
      help: 'let `headgate propose` write the file, and change nothing in it',
    }),
  );
}

function timeProblems(document: Document, written: Written): readonly Problem[] {
  const [created, before] = [Date.parse(written.created), Date.parse(written.applyBefore)];
  const until = written.until === undefined ? null : Date.parse(written.until);
  const wrong = (key: string, message: string): Problem =>
    problemAt(document, [key], { code: 'approval-times', message });
  return [
    ...(before > created && before <= created + APPLY_WITHIN_MS.most
      ? []
      : [wrong('applyBefore', '`applyBefore` comes after `created`, by 30 days at most')]),
    ...((written.kind === 'break-glass') === (until !== null)
      ? []
      : [wrong(until === null ? 'kind' : 'until', '`until` belongs to a break-glass, and to nothing else')]),
    ...(until === null || (until > created && until <= created + BREAK_GLASS_MS)
      ? []
      : [wrong('until', 'a break-glass ends after `created`, by 4 hours at most')]),
  ];
}
