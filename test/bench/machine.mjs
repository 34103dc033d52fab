// The line that every figure needs beside it: on what, with which versions.
import { spawnSync } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';
import { PROXIES } from './proxies.mjs';

function firstLineOf([program, ...words]) {
  const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')[0] ?? '';
}

export function machine() {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    processor: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()} ${arch()}`,
    node: process.version,
    wrk: firstLineOf(['wrk', '-v']).split(' ').slice(0, 2).join(' '),
    versions: Object.fromEntries(PROXIES.map(({ name, version }) => [name, firstLineOf(version)])),
  };
}
