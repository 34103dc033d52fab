// One request of the canary as it is sent, and what came back. It judges nothing; judging.ts does.
import { request } from 'node:http';
import type { Probe } from '../telemetry/outside-metrics.js';
import type { Field } from '../http/message.js';

/** A proxy (an enricher, or the gateway), and the address of this machine to connect from. */
export interface Entry {
  readonly proxy: { readonly host: string; readonly port: number };
  readonly from?: string | undefined;
}

export interface Question {
  readonly probe: Probe;
  /** In words, for whoever reads the report: never a value. */
  readonly what: string;
  readonly entry: Entry;
  /** `http://host/path`, with a nonce in the query. */
  readonly url: string;
  readonly nonce: string;
  /** Beside Host, Accept and the like. */
  readonly fields: readonly Field[];
}

/** `failure`: one line, nobody answered. */
export type Reply =
  | { readonly failure: string }
  | { readonly failure: null; readonly status: number; readonly fields: readonly Field[]; readonly body: string };

const BODY_MOST = 1024 * 1024;

/** Never rejects. `withinMs`: from the first byte to the last. */
export function ask({ entry, url, fields }: Question, withinMs: number): Promise<Reply> {
  const { host } = new URL(url);
  const headers = ['Host', host, 'User-Agent', 'headgate-canary', 'Accept', 'application/json', 'Connection', 'close'];
  for (const { name, value } of fields) headers.push(name, value);
  return new Promise((resolve) => {
    const asked = request({
      ...{ host: entry.proxy.host, port: entry.proxy.port, path: url, headers, agent: false, maxHeaderSize: 65_536 },
      ...(entry.from === undefined ? {} : { localAddress: entry.from }),
    });
    const timer = setTimeout(() => asked.destroy(new Error(`no answer in ${withinMs / 1000} s`)), withinMs);
    const settle = (reply: Reply): void => {
      clearTimeout(timer);
      resolve(reply);
    };
    asked.on('error', (error: NodeJS.ErrnoException) => settle({ failure: wordsOf(error) }));
    asked.on('response', (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > BODY_MOST) asked.destroy(new Error('the answer is too long'));
        else parts.push(part);
      });
      answer.on('error', (error: NodeJS.ErrnoException) => settle({ failure: wordsOf(error) }));
      answer.on('end', () =>
        settle({
          failure: null,
          status: answer.statusCode ?? 0,
          fields: pairsOf(answer.rawHeaders),
          body: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    asked.end();
  });
}

function pairsOf(raw: readonly string[]): readonly Field[] {
  const fields: Field[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push({ name: raw[i] ?? '', value: raw[i + 1] ?? '' });
  return fields;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function wordsOf({ code, message }: NodeJS.ErrnoException): string {
  return REASONS[code ?? ''] ?? code ?? message;
}
