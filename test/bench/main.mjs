// The project's yardstick: what one request costs in the gateway and in its peers. All run at once, each is loaded for a short
// segment in turn (A B C D, D C B A, ...), so that a drift of the machine meets all alike. docs/performance.md has the method.
//
//   node test/bench/main.mjs [--rows=stranger,partner] [--proxies=headgate,haproxy] [--rounds=9] [--seconds=2] [--seed=1] [--docs]
//
// `--docs` also puts the tables into docs/performance.md.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { PROXIES, startOrigin } from './proxies.mjs';
import { stopAll } from './program.mjs';
import { SCENARIOS } from './scenarios.mjs';
import { measure } from './segment.mjs';
import { checkStrip } from './strip-check.mjs';
import { aboutOf, tableOf } from './table.mjs';

const OUT = 'build/bench';
const DOCS = 'docs/performance.md';
/** Compilers of two engines need this long at the rate of the slowest. */
const WARM_UP_SECONDS = 4;

function chosen(list, words, isDefault) {
  if (words === undefined) return list.filter(isDefault);
  return words.split(',').map((word) => {
    const found = list.find(({ name }) => name === word);
    if (found === undefined) throw new Error(`\`${word}\` is none of ${list.map(({ name }) => name).join(', ')}`);
    return found;
  });
}

function optionsFrom(words) {
  const text = { type: 'string' };
  const options = { rows: text, proxies: text, rounds: text, seconds: text, seed: text, docs: { type: 'boolean' } };
  const { values } = parseArgs({ args: words, options });
  return {
    scenarios: chosen(SCENARIOS, values.rows, (scenario) => scenario.isDefault === true),
    proxies: chosen(PROXIES, values.proxies, () => true),
    rounds: Number(values.rounds ?? 9),
    seconds: Number(values.seconds ?? 2),
    seed: Number(values.seed ?? 1),
    docs: values.docs ?? false,
  };
}

/** Two cores or more: the proxies on the first, load and origin on the second. On one nothing is pinned. */
const PINNED = cpus().length >= 2 ? { proxy: 0, load: 1 } : { proxy: null, load: null };

async function startAll({ proxies }, folder) {
  const origin = await startOrigin(join(folder, 'origin'), PINNED.load);
  const started = [];
  for (const { name, start } of proxies) {
    const proxy = {
      name,
      ...(await start({ folder: join(folder, name), core: PINNED.proxy, originPort: origin.port })),
    };
    await checkStrip(proxy);
    started.push(proxy);
  }
  return started;
}

async function runScenario(scenario, proxies, { rounds, seconds, seed }) {
  const segments = Object.fromEntries(proxies.map(({ name }) => [name, []]));
  // Round 0 warms up: connections are opened, code is compiled.
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? proxies : proxies.toReversed();
    for (const proxy of order) {
      const length = round === 0 ? WARM_UP_SECONDS : seconds;
      const segment = await measure({ proxy, scenario, seconds: length, seed: seed + round, loadCore: PINNED.load });
      if (round > 0) segments[proxy.name].push({ round, ...segment });
    }
    process.stderr.write(`\r${scenario.name}: round ${round} of ${rounds} `);
  }
  process.stderr.write('\n');
  for (const proxy of proxies) await checkStrip(proxy);
  return { scenario, segments };
}

/** The tables and the machine, between the two marks of the page. */
function writeDocs(text) {
  const page = readFileSync(DOCS, 'utf8');
  const [before, , after] = page.split(/(?<=<!-- figures -->\n)([^]*)(?=<!-- end of figures -->)/);
  if (after === undefined) throw new Error(`${DOCS} has no marks to write between`);
  writeFileSync(DOCS, `${before}\n${text}\n\n${after}`);
}

async function main(folder) {
  const options = optionsFrom(process.argv.slice(2));
  const { seed, rounds, seconds } = options;
  const report = { machine: machine(), pinned: PINNED, seed, rounds, seconds, results: [] };
  const proxies = await startAll(options, folder);
  const tables = [];
  for (const scenario of options.scenarios) {
    const result = await runScenario(scenario, proxies, options);
    report.results.push(result);
    tables.push(tableOf(result));
    console.log(`\n${tables.at(-1)}`);
  }
  const about = aboutOf(report);
  mkdirSync(OUT, { recursive: true });
  const file = join(OUT, `${report.machine.date.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  if (options.docs) writeDocs([about, ...tables].join('\n\n'));
  console.log(`\n${about}\n${file}`);
}

const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
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
