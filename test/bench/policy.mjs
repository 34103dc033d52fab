// What a large policy costs: to compile, to compare, to ask, and to swap in while requests are answered. Uses dist/.
//
//   node test/bench/policy.mjs [--seed=1] [--docs]
//
// It ends with 1 when a bound is missed; `--docs` also writes the figures into docs/performance.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { compilePolicy } from '../../dist/policy/compile.js';
import { diffOf } from '../../dist/policy/diff.js';
import { policyTablesOf, withoutHosts } from '../../dist/policy/policy-tables.js';
import { rulesetOf } from '../../dist/policy/ruleset-of.js';
import { machine } from './machine.mjs';
import { randomOf } from './random.mjs';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, docs: { type: 'boolean' }, memory: { type: 'boolean' } },
});
const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOSTS = 100_000;
const PARTNERS = 1_000;
const DOCS = 'docs/performance.md';

const random = randomOf(Number(values.seed ?? 1));
const word = (length) =>
  Array.from({ length }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'.charAt(Math.floor(random() * 36))).join('');
const pick = (list) => list[Math.floor(random() * list.length)];

/** Hosts as partners have them: two to four labels, one in ten a wildcard. */
function hostsOf(count) {
  const hosts = new Set();
  while (hosts.size < count) {
    const domain = `${word(8)}-${hosts.size}.example`;
    const kind = random();
    hosts.add(
      kind < 0.05
        ? `*.${domain}`
        : kind < 0.1
          ? `**.${domain}`
          : kind < 0.6
            ? `pay.${domain}`
            : `a.${word(3)}.${domain}`,
    );
  }
  return [...hosts];
}

function fileOf(hosts, partners, until = '2027-12-31') {
  const each = Math.ceil(hosts.length / partners);
  const list = Array.from({ length: partners }, (_, index) => ({
    id: `partner-${index}`,
    name: `Partner ${index}`,
    purpose: 'carrier billing',
    owner: 'partners@operator.example',
    hosts: hosts.slice(index * each, (index + 1) * each),
    transport: 'tls',
    release: [{ header: 'X-MSISDN', as: 'unchanged' }],
    until: typeof until === 'string' ? until : until(index),
  }));
  return { version: 1, partners: list.filter((partner) => partner.hosts.length > 0) };
}

/** As people write it: lists on lines, wildcards quoted, a comment for each partner. */
function yamlOf({ version, partners }) {
  const lines = partners.flatMap(({ id, name, purpose, owner, hosts, transport, until }) => [
    `  # ${name}: asked for by mail`,
    `  - id: ${id}`,
    `    name: ${name}`,
    `    purpose: ${purpose}`,
    `    owner: ${owner}`,
    '    hosts:',
    ...hosts.map((host) => `      - ${host.startsWith('*') ? `"${host}"` : host}`),
    `    transport: ${transport}`,
    '    release:',
    '      - { header: X-MSISDN, as: unchanged }',
    `    until: ${until}`,
  ]);
  return [`version: ${version}`, 'partners:', ...lines, ''].join('\n');
}

function compiled(file) {
  const outcome = compilePolicy(
    { file: 'policy.yaml', text: typeof file === 'string' ? file : yamlOf(file) },
    { now: NOW },
  );
  if (!outcome.ok) throw new Error(outcome.problems[0]?.message);
  return outcome.value;
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
/** Median of several runs, in milliseconds; the first, which the compiler of JavaScript slows down, is not counted. */
function timed(work, runs = 5) {
  const times = [];
  for (let run = 0; run <= runs; run += 1) {
    const start = performance.now();
    work();
    if (run > 0) times.push(performance.now() - start);
  }
  return median(times);
}

/** What a comparison adds to the most memory that a process had, in MiB: asked of a process of its own, which has both policies. */
function memoryOfDiff() {
  const { stdout, status } = spawnSync(process.execPath, [
    import.meta.filename,
    '--memory',
    `--seed=${values.seed ?? 1}`,
  ]);
  if (status !== 0) throw new Error('the process that measures memory failed');
  return Number(stdout);
}

/** As the policy gives it: without the text, for a number of hosts beyond what a file may have. */
function partnersOf(hosts, partners) {
  const each = Math.ceil(hosts.length / partners);
  const one = compiled(fileOf(['pay.bank.example'], 1)).policy;
  const [partner] = one.partners;
  const patternOf = (text) => {
    const [, stars, host] = /^(\**)\.?(.*)$/.exec(text);
    return { kind: ['exact', 'one', 'any'][stars.length], host };
  };
  return {
    ...one,
    partners: Array.from({ length: partners }, (_, index) => ({
      ...partner,
      id: `partner-${index}`,
      hosts: hosts.slice(index * each, (index + 1) * each).map(patternOf),
    })).filter((each) => each.hosts.length > 0),
  };
}

/** Microseconds per question: hosts of the policy at random, and names that are beside one of them. */
function lookUpCost(count) {
  const hosts = hostsOf(count);
  const ruleset = rulesetOf(partnersOf(hosts, Math.min(count, PARTNERS)), '');
  const asked = Array.from({ length: 1 << 16 }, (_, index) => {
    const host = pick(hosts).replace(/^\*+/, 'x');
    // A string of its own, as it comes from a request: not one whose hash is known already.
    return Buffer.from(index % 2 === 0 ? host : host.replace(/^./, '0')).toString('latin1');
  });
  const questions = asked.map((host) => ({ listener: 'internet', host, port: 80, times: [NOW], skewMs: 30_000 }));
  let released = 0;
  const perRun = timed(() => {
    for (const question of questions) if (ruleset.release(question) !== undefined) released += 1;
  }, 9);
  if (released === 0) throw new Error('nothing is released: the benchmark asks about the wrong hosts');
  return (perRun * 1000) / questions.length;
}

/** How long the process that carries traffic stands still for a new policy, in milliseconds: to read the message and to make it ready. */
function swapCost(policy) {
  const message = serialize({ policy: withoutHosts(policy), tables: policyTablesOf(policy), digest: '' });
  return timed(() => {
    const prepared = deserialize(message);
    rulesetOf(prepared.policy, prepared.digest, prepared.tables);
  }, 9);
}

const lateEnds = (index) => new Date(Date.parse('2027-01-01') + (index % 365) * 86_400_000).toISOString().slice(0, 10);
if (values.memory === true) {
  const policy = partnersOf(hostsOf(HOSTS), PARTNERS);
  const partners = policy.partners.map((partner, index) => ({
    ...partner,
    period: { from: null, until: Date.parse(lateEnds(index)) },
  }));
  const [a, b] = [policy, { ...policy, partners }].map((each) => ({ ruleset: rulesetOf(each, '') }));
  const before = process.resourceUsage().maxRSS;
  diffOf(a, b, NOW);
  process.stdout.write(String((process.resourceUsage().maxRSS - before) / 1024));
  process.exit();
}

const rows = [];
const measure = (what, value, unit, bound) => {
  rows.push({ what, value, unit, bound, isKept: value <= bound });
  console.log(
    `${what}: ${value.toFixed(unit === 'µs' ? 3 : value < 10 ? 1 : 0)} ${unit}, at most ${bound} ${unit}${value <= bound ? '' : '   MISSED'}`,
  );
};

const hosts = hostsOf(HOSTS);
const file = fileOf(hosts, PARTNERS);
const text = yamlOf(file);
const json = JSON.stringify(file);
let old;
measure(
  'compile 100,000 hosts',
  timed(() => (old = compiled(text)), 3),
  'ms',
  1000,
);
measure(
  'compile 100,000 hosts, written as JSON',
  timed(() => compiled(json), 3),
  'ms',
  1000,
);
const few = compiled(fileOf([...hosts.slice(0, -100), ...hosts.slice(-50)], PARTNERS));
const all = compiled(fileOf(hosts, PARTNERS, '2028-06-30'));
const each = compiled(fileOf(hosts, PARTNERS, lateEnds));
const [a, b, c, d] = [old, few, all, each].map(({ policy, digest }) => ({ ruleset: rulesetOf(policy, digest) }));
measure(
  'compare, 50 hosts differ',
  timed(() => diffOf(a, b, NOW), 3),
  'ms',
  3000,
);
measure(
  'compare, every end is another',
  timed(() => diffOf(a, c, NOW), 3),
  'ms',
  3000,
);
measure(
  'compare, 365 ends for 1,000 partners',
  timed(() => diffOf(a, d, NOW), 3),
  'ms',
  3000,
);
measure('memory of a comparison', memoryOfDiff(), 'MiB', 300);
measure('release, 10 hosts', lookUpCost(10), 'µs', 0.25);
measure('release, 1,000,000 hosts', lookUpCost(1_000_000), 'µs', 1);
measure('traffic stands still for a swap of 100,000 hosts', swapCost(old.policy), 'ms', 20);

if (values.docs === true) {
  const { date, ...about } = machine();
  const lines = [
    `${date.slice(0, 10)}; ${Object.values(about)
      .filter((value) => typeof value === 'string')
      .join(', ')}; seed ${values.seed ?? 1}.`,
    '',
    '| what | measured | at most |',
    '| --- | --: | --: |',
    ...rows.map(
      ({ what, value, unit, bound, isKept }) =>
        `| ${what} | ${value.toFixed(unit === 'µs' ? 3 : value < 10 ? 1 : 0)} ${unit}${isKept ? '' : ' (missed)'} | ${bound} ${unit} |`,
    ),
  ];
  const page = readFileSync(DOCS, 'utf8');
  const [before, , after] = page.split(/(?<=<!-- policy figures -->\n)([^]*)(?=<!-- end of policy figures -->)/);
  if (after === undefined) throw new Error(`${DOCS} has no marks to write between`);
  writeFileSync(DOCS, `${before}\n${lines.join('\n')}\n\n${after}`);
}
process.exitCode = rows.every(({ isKept }) => isKept) ? 0 : 1;
