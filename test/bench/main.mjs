// The project's yardstick: what one request costs in the gateway and in its peers. All of a row run at once, each is loaded for a
// short segment in turn (A B C D, D C B A, ...), so that a drift of the machine meets all alike. docs/performance.md has the method.
//
//   node test/bench/main.mjs [--rows=stranger,partner] [--proxies=headgate,haproxy] [--rounds=41] [--starts=1] [--seconds=0.08] [--seed=1] [--docs]
//
// `--starts`: how often all proxies of a row are started anew in the course of its rounds. `--docs` also puts the tables
// into docs/performance.md and the plot beside it.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueOf, compiled, installPeers, lacking, OUT } from './build.mjs';
import { MAIN } from './headgate.mjs';
import { Load } from './load.mjs';
import { machine } from './machine.mjs';
import { measureMemory } from './memory.mjs';
import { startOrigins } from './origins.mjs';
import { plotOf } from './plot.mjs';
import { PROXIES, whyNot } from './proxies.mjs';
import { stopAll } from './program.mjs';
import { runRounds } from './rounds.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { withProcesses } from './segment.mjs';
import { checkStrip } from './strip-check.mjs';
import { aboutOf, tableOf } from './table.mjs';
import { reportOf } from './verdict.mjs';

const DOCS = 'docs/performance.md';
const PLOT = 'docs/performance.svg';
const COLLECTED = { NODE_OPTIONS: `--expose-gc --import=${new URL('collect.mjs', import.meta.url).pathname}` };

/** Two cores or more: the proxies on the first, load and origin on the second. On one nothing is pinned. */
const PINNED = cpus().length >= 2 ? { proxy: 0, load: 1 } : { proxy: null, load: null };

function named(list, words) {
  return words?.split(',').map((word) => {
    const found = list.find(({ name }) => name === word);
    if (found === undefined) throw new Error(`\`${word}\` is none of ${list.map(({ name }) => name).join(', ')}`);
    return found;
  });
}

function optionsFrom(words) {
  const text = { type: 'string' };
  const numbers = { rounds: text, starts: text, seconds: text, seed: text };
  const options = { rows: text, proxies: text, ...numbers, docs: { type: 'boolean' } };
  const { values } = parseArgs({ args: words, options });
  const proxies = named(PROXIES, values.proxies);
  return {
    plan: (named(SCENARIOS, values.rows) ?? SCENARIOS).map((scenario) => ({
      scenario,
      proxies: proxies ?? named(PROXIES, scenario.proxies.join(',')),
    })),
    rounds: Number(values.rounds ?? 41),
    starts: Number(values.starts ?? 1),
    milliseconds: Math.round(Number(values.seconds ?? 0.08) * 1000),
    seed: Number(values.seed ?? 1),
    docs: values.docs ?? false,
  };
}

/** The proxies that can be started here; says of each other one why not, once. */
function startable(plan) {
  const all = [...new Set(plan.flatMap(({ proxies }) => proxies))];
  const packages = all.some(({ isPackage, isNode }) => isPackage || isNode) ? installPeers() : undefined;
  const reasons = new Map(all.map((proxy) => [proxy, whyNot(proxy, packages)]));
  for (const why of reasons.values()) if (why !== undefined) console.error(`bench: ${why}`);
  return plan.map(({ scenario, proxies }) => ({
    scenario,
    proxies: proxies.filter((proxy) => reasons.get(proxy) === undefined),
  }));
}

/** What all rows share: origins, the load, the cores, the names that are checked. */
async function siteIn(folder) {
  const needed = ['cc', 'openssl', 'nginx', ...(PINNED.load === null ? [] : ['taskset'])];
  const missing = needed.map(lacking).filter((why) => why !== undefined);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  const origins = await startOrigins(join(folder, 'origins'), PINNED.load);
  const load = new Load(compiled('load'), PINNED.load);
  const sides = [load.pid, ...origins.programs.flatMap(({ pid }) => withProcesses({ program: { pid } }).pids)];
  return { origins, load, sides, cores: PINNED.load === null ? [0] : [0, 1], catalogue: catalogueOf(MAIN) };
}

/** The proxies of a run: started when a row first needs them, stopped when no later row does. */
class Running {
  #started = new Map();

  constructor(site, folder) {
    this.site = site;
    this.folder = folder;
  }

  async start({ name, start, isPinned }, env = {}) {
    const core = isPinned ? PINNED.proxy : null;
    const folder = mkdtempSync(join(this.folder, `${name}-`));
    return withProcesses(await start({ folder, core, env, origins: this.site.origins }));
  }

  async started(entry) {
    if (!this.#started.has(entry.name)) this.#started.set(entry.name, await this.start(entry));
    return this.#started.get(entry.name);
  }

  async keep(names) {
    for (const [name, { program }] of this.#started) {
      if (names.has(name)) continue;
      this.#started.delete(name);
      await program.stop();
    }
  }
}

async function memoryRow(scenario, proxies, running, options) {
  const measured = [];
  for (const entry of proxies) {
    process.stderr.write(`${scenario.name}: ${entry.name}\n`);
    const { site, folder } = running;
    let proxy;
    try {
      proxy = await running.start(entry, entry.isNode ? COLLECTED : {});
      await checkStrip(proxy, { hosts: scenario.hosts, catalogue: site.catalogue });
      measured.push({ name: entry.name, ...(await measureMemory(scenario, proxy, { site, folder, ...options })) });
      await checkStrip(proxy, { hosts: scenario.hosts, catalogue: site.catalogue });
    } catch (error) {
      measured.push({ name: entry.name, void: error.message, isFailure: true });
    }
    await proxy?.program.stop();
  }
  return { report: { scenario, proxies: measured } };
}

async function row({ scenario, proxies: entries }, running, options) {
  if (scenario.memory === true) return memoryRow(scenario, entries, running, options);
  const { site, folder } = running;
  const failures = new Map();
  /** Those for which it does not throw; why it does is kept, and the others go on. */
  const without = async (list, work) => {
    const sound = [];
    for (const each of list) {
      try {
        sound.push(await work(each));
      } catch (error) {
        failures.set(each.name, error.message);
      }
    }
    return sound;
  };
  const check = async (proxy) => {
    await checkStrip(proxy, { hosts: scenario.hosts, catalogue: site.catalogue });
    return proxy;
  };
  const { rounds, starts } = options;
  const results = Object.fromEntries(entries.map(({ name }) => [name, { most: 0, segments: [] }]));
  const lastOf = (start) => Math.round((rounds * start) / starts);
  for (let start = 1; start <= starts; start += 1) {
    if (start > 1) await running.keep(new Set());
    const proxies = await without(await without(entries, (entry) => running.started(entry)), check);
    const these = { first: lastOf(start - 1) + 1, last: lastOf(start) };
    const timed = await runRounds(scenario, proxies, { site, folder, ...options, ...these });
    await without(proxies, check);
    for (const [name, { segments, ...rest }] of Object.entries(timed)) {
      const before = results[name];
      const most = Math.max(before.most, rest.most);
      results[name] = { ...before, ...rest, most, segments: [...before.segments, ...segments] };
    }
  }
  for (const [name, why] of failures) results[name].void = why;
  return { report: reportOf(scenario, results), results };
}

/** The tables and the machine, between the two marks of the page. */
function writeDocs(text) {
  const page = readFileSync(DOCS, 'utf8');
  const [before, , after] = page.split(/(?<=<!-- figures -->\n)([^]*)(?=<!-- end of figures -->)/);
  if (after === undefined) throw new Error(`${DOCS} has no marks to write between`);
  writeFileSync(DOCS, `${before}\n${text}\n\n${after}`);
}

async function main(folder) {
  const { plan: wanted, docs, ...options } = optionsFrom(process.argv.slice(2));
  const { seed, rounds, starts, milliseconds } = options;
  const plan = startable(wanted);
  const running = new Running(await siteIn(folder), folder);
  const about = machine([...new Set(plan.flatMap(({ proxies }) => proxies))]);
  const whole = { machine: about, pinned: PINNED, seed, rounds, starts, milliseconds, rows: [], segments: {} };
  for (const [i, each] of plan.entries()) {
    if (each.proxies.length === 0) continue;
    const { report, results } = await row(each, running, options);
    whole.rows.push(report);
    whole.segments[each.scenario.name] = results;
    console.log(`\n${tableOf(report)}`);
    await running.keep(new Set(plan.slice(i + 1).flatMap(({ proxies }) => proxies.map(({ name }) => name))));
  }
  const line = aboutOf(whole);
  const stem = join(OUT, whole.machine.date.replaceAll(/[:.]/g, '-'));
  // Histograms are in the quantiles; of each segment they would be most of the file.
  const withoutHistograms = (key, value) => (key === 'histogram' ? undefined : value);
  writeFileSync(`${stem}.json`, `${JSON.stringify(whole, withoutHistograms)}\n`);
  writeFileSync(`${stem}.svg`, plotOf(whole));
  if (docs) {
    writeFileSync(PLOT, plotOf(whole));
    writeDocs([line, '![CPU per request beside the peers](performance.svg)', ...whole.rows.map(tableOf)].join('\n\n'));
  }
  console.log(`\n${line}\n${stem}.json\n${stem}.svg`);
  const failures = whole.rows.flatMap(({ proxies }) => proxies.filter(({ isFailure }) => isFailure));
  process.exitCode = failures.length > 0 ? 1 : 0;
}

mkdirSync(OUT, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
// A program that gives up being root must still reach its files.
chmodSync(folder, 0o711);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stopAll().then(() => process.exit(130)));
try {
  await main(folder);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
}
