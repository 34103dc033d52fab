// `make bench-fleet`: eight real gateways and a real Redis on loopback. How long after the answer a lockdown is in force on the last of
// them (ROUNDS=100), judged by real requests; then how long requests take while Redis is well, paused, and gone. Prints, asserts nothing.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const { runVerb, startGateway, writeDemoKey } = await import(join(ROOT, 'dist/demo/gateway-process.js'));
const MAIN = join(ROOT, 'dist/cli/main.js');
const REPLICAS = Number(process.env.REPLICAS ?? 8);
const ROUNDS = Number(process.env.ROUNDS ?? 100);
const SITE = 'pay.acme.example';
const FROM = '127.0.0.254';

const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-fleet-'));
const endings = [];
const agent = new Agent({ keepAlive: true, maxSockets: 50 });

function exchange(options, body) {
  return new Promise((settle, reject) => {
    const asked = request({ agent, ...options }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => settle({ status: answer.statusCode, text }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** True: the partner received the number. */
async function isReleased({ gateway }) {
  const headers = { host: SITE, 'x-msisdn': '447700900042' };
  const where = { host: '127.0.0.1', port: gateway.port, localAddress: FROM, path: `http://${SITE}/`, headers };
  const { status, text } = await exchange(where);
  if (status !== 200) throw new Error(`status ${status}`);
  return text === 'released';
}

async function order({ own }, state) {
  const body = JSON.stringify({ state, reason: 'measured', by: 'bench' });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const where = { socketPath: join(own, 'admin.sock'), path: '/v1/lockdown', method: 'POST', headers };
  const { status, text } = await exchange(where, body);
  if (status !== 200) throw new Error(`lockdown ${state}: ${status} ${text}`);
}

async function until(replica, wanted) {
  while ((await isReleased(replica)) !== wanted) await pause(2);
  return performance.now();
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const ms = (value) => `${value.toFixed(1)} ms`;

async function lockdowns(replicas) {
  const last = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const setter = replicas[round % replicas.length];
    const seen = Promise.all(replicas.map((each) => until(each, false)));
    await order(setter, 'on');
    const answered = performance.now();
    last.push(Math.max(...(await seen)) - answered);
    await Promise.all(replicas.map((each) => order(each, 'off').catch(() => order(each, 'off'))));
    await Promise.all(replicas.map((each) => until(each, true)));
  }
  last.sort((a, b) => a - b);
  console.log(
    `lockdown on ${replicas.length} replicas, answer to the last: median ${ms(at(last, 0.5))}, worst ${ms(last.at(-1))} of ${ROUNDS}`,
  );
}

async function latencies(replicas, name, seconds = 8) {
  const taken = [];
  let failed = 0;
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    replicas.map(async (replica) => {
      while (performance.now() < end) {
        const start = performance.now();
        try {
          await isReleased(replica);
          taken.push(performance.now() - start);
        } catch {
          failed += 1;
        }
        await pause(20);
      }
    }),
  );
  taken.sort((a, b) => a - b);
  console.log(
    `requests, Redis ${name}: ${taken.length}, ${failed} failed; median ${ms(at(taken, 0.5))}, p99 ${ms(at(taken, 0.99))}`,
  );
}

try {
  const origin = createServer((asked, answer) =>
    answer.end(asked.headers['x-msisdn'] === undefined ? 'withheld' : 'released'),
  );
  await new Promise((settle) => origin.listen(0, '127.0.0.1', settle));
  endings.push(() => origin.close());
  const socket = join(folder, 'redis.sock');
  const words = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
  const redis = spawn('redis-server', words, { stdio: 'ignore' });
  endings.push(() => redis.kill('SIGKILL'));
  for (;;) {
    const isThere = await new Promise((settle) => {
      const probe = connect(socket, () => settle((probe.destroy(), true)));
      probe.on('error', () => settle(false));
    });
    if (isThere) break;
    await pause(50);
  }
  const keyFile = join(folder, 'demo.key');
  await writeDemoKey(keyFile);
  const replicas = [];
  for (let i = 1; i <= REPLICAS; i += 1) {
    const own = join(folder, `gw-${i}`);
    mkdirSync(own);
    const gateway = await startGateway({
      main: MAIN,
      folder: own,
      policyFile: join(ROOT, 'config/demo/policy.yaml'),
      keyFile,
      mirrorPort: origin.address().port,
      trusted: FROM,
      port: 0,
      metricsPort: 0,
      redis: `{ url: "unix:${socket}", replica: gw-${i} }`,
    });
    endings.push(() => gateway.stop());
    replicas.push({ own, gateway });
  }
  while (
    !(await runVerb(MAIN, ['fleet', '--config', replicas[0].gateway.settingsFile])).startsWith(
      `${REPLICAS} replicas run policy`,
    )
  )
    await pause(200);
  await lockdowns(replicas);
  await latencies(replicas, 'well');
  redis.kill('SIGSTOP');
  await latencies(replicas, 'paused');
  redis.kill('SIGCONT');
  await pause(3000);
  await latencies(replicas, 'well again');
  redis.kill('SIGKILL');
  await latencies(replicas, 'gone');
} finally {
  for (const end of endings.reverse()) await end();
  agent.destroy();
  rmSync(folder, { recursive: true, force: true });
}
