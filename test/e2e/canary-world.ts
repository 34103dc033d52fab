// What the canary needs around it: the mirror and the canary as an operator starts them, a canary.yaml, and nginx where the gateway
// should stand.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { programPath } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { WRITTEN } from '../wire/harness/gateway.js';
import { dayFromNow, partner, policyText } from '../wire/harness/policy-text.js';
import { freePort, runProgram, startProgram, type Running } from './program.js';

const MAIN = resolve('dist/cli/main.js');

export const NUMBER = '447700900990';
export const IMSI = '001010000000990';
export const FORGED = '447700900991';
/** Of 127.0.0.0/8: whom the gateway trusts, and somebody else. */
export const TRUSTED = '127.0.0.200';
export const ANYBODY = '127.0.0.9';
export const PARTNER = 'canary.operator.example';
export const STRANGER = 'mirror.operator.example';
export const PAY = 'pay.acme.example';

/** The canary's own partner, and a billing partner with these hosts. */
export function policyWith(hosts: readonly string[] = [PAY], more: readonly object[] = []): string {
  return policyText(
    [
      partner({
        id: 'canary',
        own: true,
        hosts: [PARTNER],
        release: [{ header: 'X-MSISDN', as: 'unchanged' }],
      }),
      partner({
        id: 'pay',
        hosts,
        transport: 'http',
        listeners: ['internet'],
        release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'test' }],
      }),
      ...more,
    ],
    { deny: [{ hosts: ['**.gambling.example'], reason: 'regulator', from: dayFromNow(-10) }] },
  );
}

export interface Part {
  readonly said: () => string;
  readonly port: (name: string) => number;
  stop(): Promise<number | null>;
}

/** A verb that stays; resolves when `isUp` of what it said. What it says is kept for the last search of all. */
export async function startVerb(words: readonly string[], isUp: (said: string) => boolean): Promise<Part> {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  const ended = new Promise<number | null>((settle) => child.once('close', settle));
  await eventually(`\`${words[0] ?? ''}\` to be up`, () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${said}`);
    return isUp(said);
  });
  return {
    said: () => said,
    port: (name) => Number(new RegExp(`${name}: http://127\\.0\\.0\\.1:(\\d+)/`).exec(said)?.[1]),
    stop: async () => {
      child.kill('SIGTERM');
      const code = await ended;
      keep(words[0] ?? '', said);
      return code;
    },
  };
}

export function startMirrorVerb(...words: readonly string[]): Promise<Part> {
  return startVerb(['mirror', '--listen', '127.0.0.1:0', '--metrics', '127.0.0.1:0', ...words], (said) =>
    said.includes('metrics: http'),
  );
}

let kept = 0;
function keep(name: string, said: string): void {
  kept += 1;
  const folder = join(WRITTEN, `canary-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}-${kept}`), said);
}

export interface Ways {
  /** Where subscribers' requests go in. */
  readonly network: number;
  /** The canary's own listener; absent: none. */
  readonly boundary?: number;
  /** The gateway itself, past the network; absent: none. */
  readonly direct?: number;
}

/** The canary.yaml of a folder, over the defaults of these tests by top-level key; its path. */
export function writeCanary(
  folder: string,
  { network, boundary, direct }: Ways,
  more: Readonly<Record<string, unknown>> = {},
): string {
  const file = join(folder, 'canary.yaml');
  const settings = {
    every: '1s',
    within: '5s',
    network: { proxy: `127.0.0.1:${network}`, from: TRUSTED },
    carries: [
      { header: 'X-MSISDN', value: NUMBER },
      { header: 'X-IMSI', value: IMSI },
    ],
    strangers: [`http://${STRANGER}/`],
    partner: `http://${PARTNER}/`,
    listener: 'internet',
    ...(direct === undefined ? {} : { spoof: { proxy: `127.0.0.1:${direct}`, from: ANYBODY, value: FORGED } }),
    ...(boundary === undefined ? {} : { boundary: { proxy: `127.0.0.1:${boundary}`, from: TRUSTED } }),
    policy: 'agreed.yaml',
    metrics: '127.0.0.1:0',
    ...more,
  };
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

/** One round: its exit code, and what it says by probe (`fine`, `LEAK`, `BROKEN`). */
export async function once(
  file: string,
): Promise<{ code: number | null; said: string; of: Readonly<Record<string, string>> }> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [MAIN, 'canary', '--config', file, '--once']);
  keep('once', stdout + stderr);
  const rows = [...stdout.matchAll(/^(fine|LEAK|BROKEN) +([a-z]+) +\d+ request/gm)];
  return {
    code,
    said: stdout + stderr,
    of: Object.fromEntries(rows.map(([, what = '', probe = '']) => [probe, what])),
  };
}

/** nginx as a proxy that passes everything on, to a port of 127.0.0.1: the network without its filter. */
export async function startPassThrough(folder: string, to: number): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log error.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  underscores_in_headers on;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://127.0.0.1:${to}; proxy_set_header Host $http_host; }
  }
}
`,
  );
  const running = await startProgram(programPath('nginx'), ['-p', folder, '-c', 'nginx.conf'], port);
  return { ...running, port };
}
