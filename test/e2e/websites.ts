// Debian's nginx as the internet: every site of strangers behind one port, every site of partners behind another, the mirror behind a third,
// and the mirror's hosts where strangers are. Its debug log has every field that arrived, so that numbers can be counted by who received
// them; its access log has, request by request, when, at whom and under which of the network's names.
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../programs.js';
import { freePort, startProgram, type Running } from './program.js';

/** What one kind of site received since it was last asked. */
export interface Arrived {
  readonly requests: number;
  /** By name of the field, how many held one of the numbers. */
  readonly numbers: ReadonlyMap<string, number>;
}

export type Kind = 'strangers' | 'partners' | 'mirror';

/** One request that arrived. */
export interface Received {
  /** When it was answered, milliseconds since the epoch. */
  readonly at: number;
  readonly kind: Kind;
  readonly host: string;
  /** The path with its query. */
  readonly path: string;
  /** Values by name, of the names that the network writes and of what it adds to no request; '' where the field did not come. */
  readonly fields: Readonly<Record<string, string>>;
}

export class Websites {
  readonly strangers: number;
  readonly partners: number;
  readonly mirror: number;
  readonly #folder: string;
  readonly #running: Running;
  readonly #readTo = new Map<string, { at: number; rest: string }>();
  readonly #names: readonly string[];

  private constructor(
    folder: string,
    ports: Readonly<Record<Kind, number>>,
    names: readonly string[],
    running: Running,
  ) {
    this.#folder = folder;
    this.#names = names;
    this.mirror = ports.mirror;
    this.strangers = ports.strangers;
    this.partners = ports.partners;
    this.#running = running;
  }

  /** `mirror`: its port, and the hosts that are it. `names`: of the fields that the access log has. */
  static async start(
    folder: string,
    mirror: { port: number; hosts: readonly string[] },
    names: readonly string[],
  ): Promise<Websites> {
    mkdirSync(folder, { recursive: true });
    const ports = { strangers: await freePort(), partners: await freePort(), mirror: await freePort() };
    writeFileSync(join(folder, 'nginx.conf'), configFor({ folder, ports, mirror, names }));
    const running = await startProgram(programPath('nginx'), ['-p', folder, '-c', 'nginx.conf'], ports.partners);
    return new Websites(folder, ports, names, running);
  }

  /** Every request that was answered so far. */
  received(): readonly Received[] {
    return readFileSync(join(this.#folder, 'received.log'), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(']'))
      .map((line) => {
        const [at = 0, kind = 'strangers', host = '', path = '', ...values] = JSON.parse(line) as [
          number,
          Kind,
          string,
          string,
          ...string[],
        ];
        const fields = Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? '']));
        return { at: Math.round(1000 * at), kind, host, path, fields };
      });
  }

  /** `pattern`: with the flag `g` neither set nor needed. */
  arrived(kind: 'strangers' | 'partners', pattern: RegExp): Arrived {
    let requests = 0;
    const numbers = new Map<string, number>();
    for (const line of this.#linesSince(`${kind}.log`)) {
      if (line.includes('http request line: "')) requests += 1;
      const [, name = '', value = ''] = / http header: "([^:]+): (.*)"$/.exec(line) ?? [];
      if (pattern.test(value)) numbers.set(name, (numbers.get(name) ?? 0) + 1);
    }
    return { requests, numbers };
  }

  /** Whole lines since the last time. */
  #linesSince(file: string): readonly string[] {
    const before = this.#readTo.get(file) ?? { at: 0, rest: '' };
    const handle = openSync(join(this.#folder, file), 'r');
    const bytes = Buffer.alloc(Math.max(0, fstatSync(handle).size - before.at));
    const length = readSync(handle, bytes, 0, bytes.length, before.at);
    closeSync(handle);
    const lines = (before.rest + bytes.toString('latin1', 0, length)).split('\n');
    this.#readTo.set(file, { at: before.at + length, rest: lines.pop() ?? '' });
    return lines;
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

const configFor = ({
  folder,
  ports: { strangers, partners, mirror: watched },
  mirror,
  names,
}: {
  readonly folder: string;
  readonly ports: Readonly<Record<Kind, number>>;
  readonly mirror: { readonly port: number; readonly hosts: readonly string[] };
  readonly names: readonly string[];
}): string => `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log ${join(folder, 'error.log')};
events { worker_connections 1024; }
http {
  log_format received escape=json '[$msec,"$kind","$http_host","$request_uri"${names.map((name) => `,"${variableOf(name)}"`).join('')}]';
  access_log ${join(folder, 'received.log')} received;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  underscores_in_headers on;
  ignore_invalid_headers off;
  keepalive_timeout 60s;
  server {
    listen 127.0.0.1:${String(strangers)} default_server;
    server_name _;
    set $kind strangers;
    error_log ${join(folder, 'strangers.log')} debug;
    location / { return 200 "a site\\n"; }
  }
  server {
    listen 127.0.0.1:${String(strangers)};
    server_name ${mirror.hosts.join(' ')};
    set $kind strangers;
    location / { proxy_pass http://127.0.0.1:${String(mirror.port)}; proxy_set_header Host $http_host; }
  }
  server {
    listen 127.0.0.1:${String(partners)} default_server;
    server_name _;
    set $kind partners;
    error_log ${join(folder, 'partners.log')} debug;
    location / { return 200 "a partner\\n"; }
  }
  server {
    listen 127.0.0.1:${String(watched)} default_server;
    server_name _;
    set $kind mirror;
    location / { proxy_pass http://127.0.0.1:${String(mirror.port)}; proxy_set_header Host $http_host; }
  }
}
`;

const variableOf = (name: string): string => `$http_${name.toLowerCase().replaceAll('-', '_')}`;
