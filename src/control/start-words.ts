// What the log says once a gateway has started: where it listens, and what is in force, or why nothing is. Decides nothing.
import type { Proxy } from '../proxy/proxy.js';
import type { Log } from '../telemetry/log.js';
import type { Gate } from './gate.js';
import { renderListenAddress } from './metrics-server.js';
import { shortDigest } from './short-digest.js';

export interface Started {
  readonly log: Log;
  readonly version: string;
  /** The settings file. */
  readonly file: string;
  readonly workers: number;
}

export function sayStarted(
  { log, version, file, workers }: Started,
  addresses: Proxy['addresses'],
  { served, candidate }: Pick<Gate, 'served' | 'candidate'>,
): void {
  for (const { name, host, port } of addresses) {
    log.info('listening', `listener ${name} takes requests on ${renderListenAddress({ host, port })}`, {
      listener: name,
      host,
      port,
    });
  }
  const record = served?.record ?? null;
  if (record === null) {
    const code = candidate?.code;
    log.error(
      'withholding',
      `nothing may be in force [${code ?? 'unknown'}]: every identity header is withheld from everyone`,
      { cause: code ?? null, next: `headgate propose --config ${file} --baseline --reason TEXT` },
    );
    return;
  }
  if (record.rule.required === 0) {
    const message = 'approvals need no signature (`approval.required` is 0): whoever can write the folder can widen';
    log.warn('unsigned', message, { required: 0 });
  }
  log.info('ready', `headgate ${version} serves policy ${shortDigest(record.digest)}`, {
    version,
    digest: record.digest,
    workers,
    partners: record.policy.partners.length,
  });
}
