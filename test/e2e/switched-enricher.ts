// Debian's HAProxy as the enrichment layer on the day of the maintenance: who the subscriber is by source address, and a switch at run
// time (its own, through the admin socket) for what is done wrong that day. No restart, no connection is lost. Its log says of every request
// whose it was and where it went.
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { programPath } from '../programs.js';
import type { Enriched } from './haproxy.js';
import { freePort, startProgram, type Running } from './program.js';

/**
 * `usual`: under the known names, to the gateway. `beside`: under a new name too. `alone`: under another new name, and under no known one.
 * `broken`: to the other gateway. `bypassed`: straight to the internet.
 */
export type Day = 'usual' | 'beside' | 'alone' | 'broken' | 'bypassed';

/** The new names. */
export const BESIDE_NAME = 'X-Net-Line';
export const ALONE_NAME = 'X-Bearer-Ref';

/** One request, when it was answered. */
export interface Sent {
  /** When it came, milliseconds since the epoch. */
  readonly at: number;
  /** As it was asked for: `http://host/path`. */
  readonly uri: string;
  readonly day: Day;
  /** The subscriber's number, which it added; `-`: an address that it does not know. */
  readonly number: string;
  readonly to: keyof Backends;
  /** Of the answer. */
  readonly status: number;
  /** Milliseconds from its coming to the end of the answer. */
  readonly took: number;
}

export interface SwitchedEnricher extends Running {
  readonly port: number;
  turn(day: Day): Promise<void>;
  /** Every request so far that was answered. */
  sent(): readonly Sent[];
}

export interface Backends {
  readonly gateway: number;
  readonly broken: number;
  readonly internet: number;
}

const LOG_FORMAT =
  '{"at":%Ts%ms,"uri":"%HU","day":"%[var(txn.day)]","number":"%[var(txn.number)]","to":"%b","status":%ST,"took":%Tt}';

/** The folder must be short: the socket's path has 107 bytes. */
export async function startSwitchedEnricher(
  folder: string,
  subscribers: Readonly<Record<string, Enriched>>,
  { gateway, broken, internet }: Backends,
): Promise<SwitchedEnricher> {
  const written = (name: string, lines: readonly string[]): string => {
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
    return join(folder, name);
  };
  const known = Object.entries(subscribers);
  const msisdns = written(
    'msisdn.map',
    known.map(([address, { msisdn }]) => `${address} ${msisdn}`),
  );
  const imsis = written(
    'imsi.map',
    known.map(([address, { imsi }]) => `${address} ${imsi}`),
  );
  const days = written('day.map', ['day usual']);
  const [port, socket] = [await freePort(), join(folder, 'admin.sock')];
  const number = `%[src,map_ip(${msisdns})]`;
  const config = written('enricher.cfg', [
    'global',
    // One thread: of two that write their logs at once, one does not.
    '  nbthread 1',
    '  log stdout format raw daemon',
    `  stats socket ${socket} mode 600 level admin`,
    '  maxconn 2000',
    'defaults',
    '  mode http',
    '  timeout connect 5s',
    '  timeout client 30s',
    '  timeout server 30s',
    'frontend handsets',
    '  log global',
    `  log-format '${LOG_FORMAT}'`,
    `  bind 127.0.0.1:${String(port)}`,
    `  http-request set-var(txn.day) str(day),map_str(${days},usual)`,
    ...['X-MSISDN', 'X-IMSI', BESIDE_NAME, ALONE_NAME].map((name) => `  http-request del-header ${name}`),
    `  acl known src,map_ip(${msisdns}) -m found`,
    '  acl alone var(txn.day) -m str alone',
    '  acl beside var(txn.day) -m str beside',
    `  http-request set-var(txn.number) src,map_ip(${msisdns}) if known`,
    `  http-request set-header X-MSISDN ${number} if known !alone`,
    `  http-request set-header X-IMSI %[src,map_ip(${imsis})] if known !alone`,
    `  http-request set-header ${BESIDE_NAME} ${number} if known beside`,
    `  http-request set-header ${ALONE_NAME} ${number} if known alone`,
    '  option forwardfor',
    '  use_backend broken if { var(txn.day) -m str broken }',
    '  use_backend internet if { var(txn.day) -m str bypassed }',
    '  default_backend gateway',
    ...Object.entries({ gateway, broken, internet }).flatMap(([name, to]) => [
      `backend ${name}`,
      '  http-reuse safe',
      `  server ${name} 127.0.0.1:${String(to)}`,
    ]),
  ]);
  const log = join(folder, 'sent.log');
  const running = await startProgram(programPath('haproxy'), ['-f', config, '-db'], port, log);
  return {
    ...running,
    port,
    turn: (day) => tell(socket, `set map ${days} day ${day}`),
    sent: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Sent)
        // Whoever connects and asks for nothing asks for no site.
        .filter(({ uri }) => uri.startsWith('http://')),
  };
}

/** One command of the admin socket; rejects with what it says, which is nothing where all is well. */
function tell(socket: string, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const connection = connect(socket, () => connection.end(`${command}\n`));
    connection.setEncoding('utf8').on('data', (text: string) => (said += text));
    connection.once('error', reject);
    connection.once('close', () => (said.trim() === '' ? resolve() : reject(new Error(said))));
  });
}
