// What the gateway itself counted, read from its metrics page as any Prometheus would.
import { get } from 'node:http';

export interface Counts {
  readonly requests: number;
  readonly released: number;
  readonly stripped: number;
  /** Identity found outside its own header and withheld. */
  readonly contained: number;
  readonly spoofed: number;
}

/** Adds up the samples of a metric whose labels contain `part`; 0 where there is none. */
export function sumOf(text: string, metric: string, part = ''): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) && line.includes(part))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Scrapes 127.0.0.1 at `metricsPort`; rejects where nothing answers. */
export function countsOf(metricsPort: number): Promise<Counts> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port: metricsPort, path: '/metrics', agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          requests: sumOf(text, 'headgate_requests_total'),
          released: sumOf(text, 'headgate_released_headers_total'),
          stripped: sumOf(text, 'headgate_stripped_headers_total'),
          contained: sumOf(text, 'headgate_leaked_headers_total', 'outcome="contained"'),
          spoofed: sumOf(text, 'headgate_spoofed_headers_total'),
        }),
      );
    });
    asked.on('error', reject);
  });
}
