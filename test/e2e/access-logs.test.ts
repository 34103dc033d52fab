// Access logs as HAProxy, nginx and Squid themselves write them, configured as docs/replay.md says, are read without a line left over: what
// was asked of which host, and nothing of who asked.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readAccessLine, type AccessLine } from '../../src/review/access-log.js';
import { describeWith, programPath } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { freePort, runProgram, startProgram, type Running } from './program.js';

/** Host, target, and what is read of it: `host:port`. */
const ASKED = [
  ['news.example', '/', 'news.example:80'],
  ['Pay.Acme.Example:8080', '/a?b="c"&d={e|f}', 'pay.acme.example:8080'],
  ['192.0.2.7', '/', '192.0.2.7:80'],
  ['[2001:db8::1]', '/', '2001:db8::1:80'],
  ['abs.example:81', 'http://abs.example:81/x', 'abs.example:81'],
  ['verify.agecheck.example', '/?n=447700900123', 'verify.agecheck.example:80'],
] as const;
const AGENT = 'Agent/1.0 (x; "y") {z|w} 447700900123';

let folder: string;
let site: Server;
let log: Socket | undefined;
const running: Running[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-e2e-logs-'));
  site = createServer((_request, response) => void response.end('ok\n')).listen(0, '127.0.0.1');
  await once(site, 'listening');
});
afterAll(async () => {
  for (const each of running) await each.stop();
  log?.close();
  site.closeAllConnections();
  site.close();
  rmSync(folder, { recursive: true });
});

async function askAll(port: number): Promise<void> {
  for (const [host, path] of ASKED) {
    const asked = request({
      port,
      path,
      host: '127.0.0.1',
      agent: false,
      headers: { Host: host, 'User-Agent': AGENT },
    });
    asked.end();
    const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
  }
}
/** Asks a proxy for a tunnel; whether there is one does not matter. */
async function tunnel(port: number, to: string): Promise<void> {
  const asked = request({ port, host: '127.0.0.1', method: 'CONNECT', path: to, agent: false });
  const answered = Promise.race([once(asked, 'connect'), once(asked, 'response')]);
  asked.end();
  await answered;
  asked.destroy();
}
const told = (lines: readonly string[]): readonly string[] =>
  lines
    .map(readAccessLine)
    .map((line: AccessLine) => (line.kind === 'visit' ? `${line.host}:${line.port}` : line.kind));
const isNow = (lines: readonly string[]): boolean =>
  lines
    .map(readAccessLine)
    .every((line) => line.kind === 'visit' && Math.abs((line.at ?? 0) - Date.now()) < 86_400_000);

describeWith(['squid'], 'Squid', () => {
  test('its own form, from a Squid in the way of the requests', async () => {
    const [port, plain] = [await freePort(), await freePort()];
    const own = join(folder, 'squid');
    mkdirSync(own);
    // It writes as the user of its package, and never as root; `-n`: its shared memory is no other Squid's.
    chmodSync(folder, 0o711);
    chmodSync(own, 0o777);
    const log = join(own, 'access.log');
    writeFileSync(
      join(own, 'squid.conf'),
      `http_port 127.0.0.1:${port} accel vhost
http_port 127.0.0.1:${plain}
cache_peer 127.0.0.1 parent ${(site.address() as AddressInfo).port} 0 no-query no-digest originserver
never_direct allow all
http_access allow all
cache deny all
access_log stdio:${log} squid
cache_log stdio:${join(own, 'cache.log')}
${process.getuid?.() === 0 ? 'cache_effective_user proxy' : ''}
coredump_dir none
netdb_filename none
pid_filename none
pinger_enable off
unlinkd_program /bin/true
logfile_daemon /bin/true
icon_directory ${own}
shutdown_lifetime 0 seconds
`,
    );
    running.push(
      await startProgram(
        programPath('squid'),
        ['-n', `headgate${process.pid}`, '-N', '-f', join(own, 'squid.conf')],
        port,
      ),
    );
    await askAll(port);
    await tunnel(plain, 'pay.acme.example:443');
    const lines = (): string[] => readFileSync(log, 'latin1').trim().split('\n').filter(Boolean);
    await eventually('Squid to have logged', () => lines().length >= ASKED.length + 2);
    // First whoever looked whether it listens.
    expect(told(lines())).toEqual(['empty', ...ASKED.map(([, , read]) => read), 'tunnel']);
    expect(isNow(lines().slice(1, -1))).toBe(true);
    const words = ['replay', '--access-log', log, '--candidate', resolve('config/demo/policy.yaml')];
    const { code, stdout, stderr } = await runProgram(process.execPath, [resolve('dist/cli/main.js'), ...words]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/verify\.agecheck\.example +agecheck +x-msisdn .* 1$/m);
    expect(stdout).not.toMatch(/could not be read|7700900/);
  });
});

describeWith(['haproxy'], 'HAProxy', () => {
  test('`option httplog` with the Host as the first capture', async () => {
    const lines: string[] = [];
    log = createSocket('udp4').on('message', (message) => void lines.push(message.toString('latin1')));
    log.bind(0, '127.0.0.1');
    await once(log, 'listening');
    const port = await freePort();
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(
      file,
      `global
  log 127.0.0.1:${log.address().port} local0
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:${port}
  log global
  option httplog
  capture request header Host len 253
  capture request header User-Agent len 60
  capture response header Server len 20
  default_backend b
backend b
  server s 127.0.0.1:${(site.address() as AddressInfo).port}
`,
    );
    running.push(await startProgram(programPath('haproxy'), ['-f', file, '-db'], port));
    await askAll(port);
    const requests = (): string[] => lines.filter((line) => line.includes(' HTTP/1.1"'));
    await eventually('HAProxy to have logged', () => requests().length >= ASKED.length);
    expect(told(requests())).toEqual(ASKED.map(([, , read]) => read));
    expect(isNow(requests())).toBe(true);
  });
});

describeWith(['nginx'], 'nginx', () => {
  test('the host in front of the usual line', async () => {
    const port = await freePort();
    for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'])
      mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid nginx.pid;
error_log error.log;
events { worker_connections 64; }
http {
  log_format vhost '$http_host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server { listen 127.0.0.1:${port}; access_log ${join(folder, 'access.log')} vhost; location / { return 200 "ok"; } }
}
`,
    );
    running.push(await startProgram(programPath('nginx'), ['-p', folder, '-c', 'nginx.conf'], port));
    await askAll(port);
    const lines = (): string[] => readFileSync(join(folder, 'access.log'), 'latin1').trim().split('\n');
    await eventually('nginx to have logged', () => lines().length >= ASKED.length);
    expect(told(lines())).toEqual(ASKED.map(([, , read]) => read));
    expect(isNow(lines())).toBe(true);
  });
});
