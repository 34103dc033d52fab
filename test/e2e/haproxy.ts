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
