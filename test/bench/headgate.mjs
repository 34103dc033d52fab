// The gateway in the run: the policy with the same 1,000 partners as every peer, in the variants that rows compare.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { write } from './configured.mjs';
import { ASKED, ENRICHED, PARTNERS, PSEUDONYMS, SECURE } from './names.mjs';
import { ask, freePort, startProgram, untilReady } from './program.mjs';

export const MAIN = resolve('dist/cli/main.js');
/** Of the build that a change is compared with: BEFORE=FOLDER, a checkout that was built. */
export const BEFORE = resolve(process.env.BEFORE ?? '.', 'dist/cli/main.js');
const HERE = dirname(fileURLToPath(import.meta.url));

const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const partnerOf = (id, hosts, rest) => ({
  id,
  name: `Partner ${id}`,
  purpose: 'benchmark',
  contract: 'BENCH-1',
  owner: 'bench@operator.example',
  hosts,
  from: day(-2),
  until: day(300),
  release: ENRICHED.map((header) => ({ header, as: 'unchanged' })),
  ...rest,
});

/** JSON is YAML. */
function policyText(hosts, isDetecting = true) {
  const partners = hosts.map((host, i) =>
    partnerOf(`partner${String(i).padStart(4, '0')}`, [host], { transport: 'http' }),
  );
  const secure = partnerOf('secure', SECURE, { transport: 'tls' });
  const pseudonyms = partnerOf('pseudonyms', PSEUDONYMS, {
    transport: 'http',
    release: ENRICHED.map((header) => ({ header, as: 'pseudonym', key: 'bench' })),
  });
  const ours = [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'] }];
  const identity = isDetecting ? { numbers: ours } : undefined;
  const detection = { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' };
  return JSON.stringify({ version: 1, identity, detection, partners: [...partners, secure, pseudonyms] });
}

/**
 * Starts a gateway in its folder. `settings`: of headgate.yaml, beside the usual ones; `hosts`: of the policy's partners; `env`:
 * for its process; `main`: of another build; `isDetecting`: false: no numbers of ours.
 */
export async function startHeadgate({ folder, core, origins, settings = {}, hosts = PARTNERS, ...rest }) {
  const { env = {}, main = MAIN, isDetecting = true } = rest;
  const [port, metricsPort] = [await freePort(), await freePort()];
  write(folder, 'policy.yaml', policyText(hosts, isDetecting));
  const key = join(folder, 'bench.key');
  writeFileSync(key, randomBytes(48), { mode: 0o600 });
  const written = {
    listeners: [{ name: 'internet', address: `127.0.0.1:${port}`, clients: ['127.0.0.0/8'], trust: 'path' }],
    metrics: { address: `127.0.0.1:${metricsPort}` },
    policy: 'policy.yaml',
    keys: { bench: key },
    state: 'state',
    approval: { required: 0 },
    destinations: {
      default: `127.0.0.1:${origins.port}`,
      hosts: { '*.secure.example': `127.0.0.1:${origins.securePort}` },
      permit: ['127.0.0.0/8'],
      tls: { ca: [origins.authority] },
    },
    // A connection is not closed for being idle while others are timed, as in every proxy of the run.
    limits: { idleTimeout: '600s' },
    ...settings,
  };
  const path = write(folder, 'headgate.yaml', JSON.stringify(written));
  const words = ['--config', path, '--baseline', '--reason', 'benchmark', '--proposer', 'bench', '--yes'];
  execFileSync(process.execPath, [main, 'approve', ...words], { stdio: 'pipe' });
  const program = startProgram([process.execPath, main, 'serve', '--config', path], { core, env });
  await untilReady(program, 'headgate', { port: metricsPort, path: '/readyz' });
  return { port, program };
}

/** Without what looks for identity behind the names. */
export function startUndetected(circumstances) {
  const env = {
    ...circumstances.env,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${join(HERE, 'undetected.mjs')}`,
  };
  return startHeadgate({ ...circumstances, env, isDetecting: false });
}

/**
 * With the hosts of ten partners in all: no file holds a million, so those who carry traffic are given the tables of a policy of
 * that size in the place of those that the primary sends.
 */
export async function startWithHosts(count, { folder, ...rest }) {
  const { compilePolicy } = await import('../../dist/policy/compile.js');
  const { policyTablesOf, withoutHosts } = await import('../../dist/policy/policy-tables.js');
  const asked = ASKED.policy.slice(0, 10);
  const outcome = compilePolicy({ file: 'policy.yaml', text: policyText(asked) }, { now: Date.now() });
  const hostOf = (i, k) => (k === 0 ? asked[i] : `www.h${k}.large${i}.example`);
  const partners = outcome.value.policy.partners.map((partner, i) =>
    asked[i] === undefined
      ? partner
      : { ...partner, hosts: Array.from({ length: count / 10 }, (_, k) => ({ kind: 'exact', host: hostOf(i, k) })) },
  );
  const policy = { ...outcome.value.policy, partners };
  write(folder, 'large', '');
  const file = join(folder, 'large.tables');
  writeFileSync(file, serialize({ policy: withoutHosts(policy), tables: policyTablesOf(policy) }));
  const env = { NODE_OPTIONS: `--import=${join(HERE, 'large-policy.mjs')}`, HEADGATE_BENCH_TABLES: file };
  const started = await startHeadgate({ folder, ...rest, hosts: asked, env });
  const last = hostOf(9, count / 10 - 1);
  const { body } = await ask({
    port: started.port,
    path: '/seen',
    host: last,
    headers: { 'X-MSISDN': '447700900123' },
  });
  if (!/^x-msisdn:/im.test(body)) throw new Error(`the gateway did not take a policy of ${count} hosts`);
  return started;
}
