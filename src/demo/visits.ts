// The demo's requests: who asks which site for what, and what the site's mirror says that it received.
import { request } from 'node:http';
import type { Sighting } from '../canary/sighting.js';

export interface Visit {
  readonly site: string;
  /** What the site is, for the table. */
  readonly is: string;
  /** Who sends: a subscriber through the network, or somebody who talks to the gateway without it and forges a number. */
  readonly by: 'subscriber' | 'forger';
  /** The name under which the network also sends the number, by mistake. */
  readonly alsoAs?: string;
}

export const VISITS: readonly Visit[] = [
  { site: 'pay.acme.example', is: 'partner: carrier billing', by: 'subscriber' },
  { site: 'verify.agecheck.example', is: 'partner: age check', by: 'subscriber' },
  { site: 'selfcare.operator.example', is: 'our own: self-care', by: 'subscriber' },
  { site: 'news.example', is: 'stranger', by: 'subscriber' },
  { site: 'ads.example', is: 'stranger', by: 'subscriber' },
  { site: 'pay.acme.example.evil.example', is: 'stranger, a look-alike', by: 'subscriber' },
  { site: 'news.example', is: 'stranger, the bad day (1)', by: 'subscriber', alsoAs: 'X-Line-Ref' },
  { site: 'pay.acme.example', is: 'partner, forged number (2)', by: 'forger' },
];

/** Sends one request as to a forward proxy at `port` of 127.0.0.1 and reads the mirror's JSON; rejects where there is none. */
export function visit(
  port: number,
  site: string,
  options: { readonly from: string; readonly headers?: readonly string[] },
): Promise<Sighting> {
  return new Promise((resolve, reject) => {
    const headers = [
      'Host',
      site,
      'User-Agent',
      'headgate-demo',
      'Accept',
      'application/json',
      ...(options.headers ?? []),
    ];
    const asked = request({ host: '127.0.0.1', port, localAddress: options.from, path: `http://${site}/`, headers });
    asked.on('error', reject);
    asked.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        try {
          if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
          resolve(JSON.parse(text) as Sighting);
        } catch (error) {
          reject(new Error(`\`${site}\` gave no sighting: ${error instanceof Error ? error.message : 'no JSON'}`));
        }
      });
    });
    asked.end();
  });
}
