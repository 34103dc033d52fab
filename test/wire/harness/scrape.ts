// The gateway's /metrics as numbers: what a case compares before and after.
import { get } from 'node:http';

/** Sample values by series exactly as exposed: `name{label="value",...}`. */
export type Samples = ReadonlyMap<string, number>;

/** GET of a path on the metrics listener: status and body. */
export async function fetchText(
  port: number,
  path: string,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on('error', reject);
    });
    request.on('error', reject);
  });
}

export function parseSamples(text: string): Samples {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const space = line.lastIndexOf(' ');
    samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}

/** The sum of all series of a metric whose labels have every pair given, for example `['verdict="refused"']`. */
export function total(samples: Samples, metric: string, ...labels: readonly string[]): number {
  let sum = 0;
  for (const [series, value] of samples) {
    if (series !== metric && !series.startsWith(`${metric}{`)) continue;
    if (labels.every((label) => series.includes(label))) sum += value;
  }
  return sum;
}
