// Debian's HAProxy as the operator's enrichment layer: looks the subscriber up by source address and adds who it is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../programs.js';
import { freePort, startProgram, type Running } from './program.js';

export interface Enriched {
  readonly msisdn: string;
  readonly imsi: string;
}

export interface Haproxy extends Running {
  readonly port: number;
}

/** `subscribers` by source address; an address that is not there goes on without identity. `to`: a port of 127.0.0.1. */
export async function startHaproxy(
  folder: string,
  subscribers: Readonly<Record<string, Enriched>>,
  to: number,
): Promise<Haproxy> {
  const map = (name: keyof Enriched): string => {
    const file = join(folder, `${name}.map`);
    writeFileSync(
      file,
      Object.entries(subscribers)
        .map(([address, known]) => `${address} ${known[name]}\n`)
        .join(''),
    );
    return file;
  };
  const [msisdns, imsis] = [map('msisdn'), map('imsi')];
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend handsets
  bind 127.0.0.1:${port}
  # The network's own names: whatever a handset sent under them is replaced.
  http-request del-header X-MSISDN
  http-request del-header x-up-calling-line-id
  http-request del-header X-IMSI
  acl known src,map_ip(${msisdns}) -m found
  http-request set-header X-MSISDN %[src,map_ip(${msisdns})] if known
  http-request set-header x-up-calling-line-id %[src,map_ip(${msisdns})] if known
  http-request set-header X-IMSI %[src,map_ip(${imsis})] if known
  option forwardfor
  default_backend gateway
backend gateway
  http-reuse safe
  server gateway 127.0.0.1:${to}
`,
  );
  const running = await startProgram(programPath('haproxy'), ['-f', file, '-db'], port);
  return { ...running, port };
}

/**
 * The same program as a balancer that relays what it is sent and says in a line of PROXY protocol who connected. It checks what is
 * behind it, in lines of its own, by asking it for `check`, and relays nothing while that fails. `from`: its address towards `to`.
 */
export async function startBalancer(
  folder: string,
  options: { readonly line: 'send-proxy' | 'send-proxy-v2'; readonly mode: 'tcp' | 'http'; readonly check: URL },
  { to, from }: { readonly to: number; readonly from: string },
): Promise<Haproxy> {
  const { line, mode, check } = options;
  const port = await freePort();
  const file = join(folder, `balancer-${port}.cfg`);
  writeFileSync(
    file,
    `defaults
  mode ${mode}
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend handsets
  bind 127.0.0.1:${port}
  default_backend gateway
backend gateway
  source ${from}
  option httpchk
  http-check send meth GET uri ${check.pathname} ver HTTP/1.1 hdr Host ${check.host}
  server gateway 127.0.0.1:${to} ${line} check inter 200ms
`,
  );
  const running = await startProgram(programPath('haproxy'), ['-f', file, '-db'], port);
  return { ...running, port };
}
