// A Redis as docs/fleet.md asks for it: TLS under an authority of its own, and the user whose rights stand on that page, word for word.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { programPath } from '../programs.js';
import { freePort, startRedis, type RedisServer } from './redis-server.js';

export interface SecuredRedis {
  /** In plain, for the tests themselves. */
  readonly server: RedisServer;
  /** With TLS, by the name `redis.example` and the address 127.0.0.1. */
  readonly port: number;
  /** Files: the authority's certificate, and the password of the user `gateway`. */
  readonly ca: string;
  readonly passwordFile: string;
}

/** `prefix`: under which that user may write. `folder` is the caller's. */
export async function startSecured(folder: string, prefix: string): Promise<SecuredRedis> {
  const file = (name: string): string => join(folder, name);
  makeCertificates(folder);
  const port = await freePort();
  const tls = ['--tls-cert-file', file('redis.pem'), '--tls-key-file', file('redis.key')];
  const ca = ['--tls-ca-cert-file', file('ca.pem'), '--tls-auth-clients', 'no'];
  const server = await startRedis(['--tls-port', String(port), ...tls, ...ca]);
  await server.client.call('ACL', [...userOfThePage(prefix)]);
  writeFileSync(file('password'), 'a-long-password\n', { mode: 0o600 });
  return { server, port, ca: file('ca.pem'), passwordFile: file('password') };
}

/** The words behind `ACL` on the page. */
export function userOfThePage(prefix: string): readonly string[] {
  const page = readFileSync(resolve('docs/fleet.md'), 'utf8');
  const line = /^ACL (SETUSER .*)$/m.exec(page)?.[1] ?? '';
  return line.replaceAll('edge-lon', prefix).replace('>PASSWORD', '>a-long-password').split(' ');
}

function makeCertificates(folder: string): void {
  const openssl = (...words: readonly string[]): void =>
    void execFileSync(programPath('openssl'), [...words], { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test authority');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:redis.example,IP:127.0.0.1\n');
  openssl('req', ...key, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=redis.example');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'redis.csr', ...signed, '-out', 'redis.pem');
}
