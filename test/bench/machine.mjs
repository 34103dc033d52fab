// The line that every figure needs beside it: on what, with which versions.
import { spawnSync } from 'node:child_process';
import { arch, cpus, release, totalmem } from 'node:os';

function versionOf(version) {
  if (typeof version === 'function') return version();
  const [program, ...words] = version;
  const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  const line = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')[0] ?? '';
  return /\d+(?:\.\d+)+/.exec(line)?.[0] ?? line;
}

/** `proxies`: whose versions are told, entries of PROXIES; variants of one program are told once. */
export function machine(proxies = []) {
  const [cpu] = cpus();
  const nameOf = (name) => name.replace(/^(headgate)-.*|-(?:equal|tcp)$/, '$1');
  return {
    date: new Date().toISOString(),
    processor: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()} ${arch()}`,
    node: process.version,
    versions: Object.fromEntries(proxies.map(({ name, version }) => [nameOf(name), versionOf(version)])),
  };
}
