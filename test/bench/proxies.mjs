// The proxies that are compared and the origin behind them: each from its configuration file, filled in and started. A new
// peer is a new entry of PROXIES.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENRICHED, PARTNERS } from './names.mjs';
import { freePort, startProgram, untilReady } from './program.mjs';

const PEERS = join(dirname(fileURLToPath(import.meta.url)), 'peers');
const MAIN = resolve('dist/cli/main.js');

/** A configuration file with its `@WORDS@` filled in, in the program's own folder. */
function fill(file, folder, words) {
  mkdirSync(folder, { recursive: true });
  const text = readFileSync(join(PEERS, file), 'utf8').replace(/@([A-Z]+)@/g, (_, word) => words[word]);
  const path = join(folder, file);
  writeFileSync(path, text);
  return path;
}

function write(folder, file, text) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, text);
  return path;
}

const lines = (texts) => `${texts.join('\n')}\n`;
const nginxWords = (folder, path) => ['nginx', '-p', folder, '-c', path, '-e', 'stderr'];

export async function startOrigin(folder, core) {
  const port = await freePort();
  const path = fill('origin.conf', folder, { LISTEN: `127.0.0.1:${port}`, BODY: 'x'.repeat(1024) });
  const program = startProgram(nginxWords(folder, path), { core });
  await untilReady(program, 'the origin', { port, path: '/seen' });
  return { port, program };
}

/** The policy with the same 1,000 partners; JSON is YAML. */
function policyText() {
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const partners = PARTNERS.map((host, i) => ({
    id: `partner${String(i).padStart(4, '0')}`,
    name: `Partner ${i} Ltd`,
    purpose: 'benchmark',
    contract: 'BENCH-1',
    owner: 'bench@operator.example',
    hosts: [host],
    transport: 'http',
    from: day(-2),
    until: day(300),
    release: ENRICHED.map((header) => ({ header, as: 'unchanged' })),
  }));
  const numbers = [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }];
  const detection = { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' };
  return JSON.stringify({ version: 1, identity: { numbers }, detection, partners });
}

async function startHeadgate({ folder, core, originPort }) {
  const [port, metricsPort] = [await freePort(), await freePort()];
  write(folder, 'policy.yaml', policyText());
  const settings = {
    listeners: [{ name: 'internet', address: `127.0.0.1:${port}`, clients: ['127.0.0.0/8'], trust: 'path' }],
    metrics: { address: `127.0.0.1:${metricsPort}` },
    policy: 'policy.yaml',
    state: 'state',
    approval: { required: 0 },
    destinations: { default: `127.0.0.1:${originPort}`, permit: ['127.0.0.0/8'] },
  };
  const path = write(folder, 'headgate.yaml', JSON.stringify(settings));
  const words = ['--config', path, '--baseline', '--reason', 'benchmark', '--proposer', 'bench', '--yes'];
  execFileSync(process.execPath, [MAIN, 'approve', ...words]);
  const program = startProgram([process.execPath, MAIN, 'serve', '--config', path], { core });
  await untilReady(program, 'headgate', { port: metricsPort, path: '/readyz' });
  return { port, program };
}

async function startHttpProxy({ folder, core, originPort }) {
  const port = await freePort();
  const partners = write(folder, 'partners.txt', lines(PARTNERS));
  const main = join(PEERS, 'http-proxy/main.mjs');
  const program = startProgram([process.execPath, main, String(port), String(originPort), partners], { core });
  await untilReady(program, 'http-proxy', { port, path: '/seen' });
  return { port, program };
}

async function startNginx({ folder, core, originPort }) {
  const port = await freePort();
  const partners = write(folder, 'partners.map', lines(PARTNERS.map((host) => `${host} 1;`)));
  const words = { LISTEN: `127.0.0.1:${port}`, ORIGIN: `127.0.0.1:${originPort}`, PARTNERS: partners };
  const program = startProgram(nginxWords(folder, fill('nginx.conf', folder, words)), { core });
  await untilReady(program, 'nginx', { port, path: '/seen' });
  return { port, program };
}

async function startHaproxy({ folder, core, originPort }) {
  const port = await freePort();
  const partners = write(folder, 'partners.lst', lines(PARTNERS));
  const words = { LISTEN: `127.0.0.1:${port}`, ORIGIN: `127.0.0.1:${originPort}`, PARTNERS: partners };
  const program = startProgram(['haproxy', '-db', '-f', fill('haproxy.cfg', folder, words)], { core });
  await untilReady(program, 'haproxy', { port, path: '/seen' });
  return { port, program };
}

/** `version`: the command that prints it. */
export const PROXIES = [
  { name: 'headgate', start: startHeadgate, version: [process.execPath, MAIN, '--version'] },
  {
    name: 'http-proxy',
    start: startHttpProxy,
    version: [process.execPath, '-p', 'require("http-proxy/package.json").version'],
  },
  { name: 'nginx', start: startNginx, version: ['nginx', '-v'] },
  { name: 'haproxy', start: startHaproxy, version: ['haproxy', '-v'] },
];
