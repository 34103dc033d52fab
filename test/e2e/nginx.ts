// Debian's nginx as websites: one plain, one with TLS. Its debug log says every field of every request as nginx read it.
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../programs.js';
import { startProgram, type Running } from './program.js';
import type { Pair } from '../wire/harness/certificate.js';

export interface SeenByNginx {
  /** `GET /x HTTP/1.1`. */
  readonly requestLine: string;
  /** `Name: value`, in the order read. */
  readonly fields: readonly string[];
  readonly body: string;
  /** Everything nginx read of the request, head and body, in bytes. */
  readonly length: number;
}

export class Nginx {
  /** Unix sockets: what speaks TCP to them is a tee. */
  readonly plain: string;
  readonly tls: string;
  private readonly folder: string;
  private running: Running | null = null;

  private constructor(folder: string) {
    this.folder = folder;
    this.plain = join(folder, 'plain.sock');
    this.tls = join(folder, 'tls.sock');
  }

  /** The folder must be short: a unix socket's path has 107 bytes. */
  static async start(folder: string, pair: Pair): Promise<Nginx> {
    const nginx = new Nginx(folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'site.pem'), pair.cert);
    writeFileSync(join(folder, 'site.key'), pair.key);
    writeFileSync(join(folder, 'nginx.conf'), configFor(folder));
    nginx.running = await startProgram(programPath('nginx'), ['-p', folder, '-c', 'nginx.conf'], nginx.tls);
    return nginx;
  }

  /** Forgets what was seen. */
  clear(): void {
    for (const file of ['debug.log', 'access.log']) truncateSync(join(this.folder, file));
  }

  /** Each request since `clear`, in the order in which they ended. */
  seen(): readonly SeenByNginx[] {
    const debug = readFileSync(join(this.folder, 'debug.log'), 'latin1');
    const read = new Map<string, { requestLine: string; fields: string[] }[]>();
    for (const line of debug.split('\n')) {
      const [, connection = '', said = ''] = /\*(\d+) (http request line|http header): "/.exec(line) ?? [];
      if (connection === '') continue;
      const text = line.slice(line.indexOf(`${said}: "`) + said.length + 3, -1);
      const requests = read.get(connection) ?? [];
      read.set(connection, requests);
      if (said === 'http request line') requests.push({ requestLine: text, fields: [] });
      else requests.at(-1)?.fields.push(text);
    }
    const taken = new Map<string, number>();
    return readFileSync(join(this.folder, 'access.log'), 'latin1')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const { connection, length, body } = JSON.parse(line) as { connection: string; length: number; body: string };
        const nth = taken.get(connection) ?? 0;
        taken.set(connection, nth + 1);
        const { requestLine = '', fields = [] } = read.get(connection)?.[nth] ?? {};
        return { requestLine, fields, body, length };
      });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
  }
}

// `proxy_pass` to itself makes nginx read the body, so that $request_body has it; the answer comes from the inner server.
const configFor = (folder: string): string => `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log ${join(folder, 'debug.log')} debug;
events { worker_connections 256; }
http {
  log_format seen escape=json '{"connection":"$connection","length":$request_length,"body":"$request_body"}';
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  underscores_in_headers on;
  ignore_invalid_headers off;
  keepalive_timeout 60s;
  server {
    listen unix:${join(folder, 'answer.sock')};
    error_log /dev/null;
    location / { add_header X-Site nginx; return 200 "seen $http_host $request_uri\\n"; }
  }
  server {
    listen unix:${join(folder, 'plain.sock')};
    listen unix:${join(folder, 'tls.sock')} ssl;
    ssl_certificate site.pem;
    ssl_certificate_key site.key;
    access_log ${join(folder, 'access.log')} seen;
    location / {
      proxy_pass http://unix:${join(folder, 'answer.sock')};
      proxy_set_header Host $http_host;
    }
  }
}
`;
