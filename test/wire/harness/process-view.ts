// What the kernel says about a process: its sockets and its memory. Nothing here asks the product.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

function socketInodes(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      return inode === undefined ? [] : [inode];
    } catch {
      return [];
    }
  });
}

/** Its TCP connections, listeners left out: `local remote state`, ports in decimal, state as the kernel numbers it (01 established). */
export function connectionsOf(pid: number): readonly string[] {
  const inodes = new Set(socketInodes(pid));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] !== '0A' && inodes.has(columns[9] ?? ''))
      .map(([, local = '', remote = '', state = '']) => {
        const port = (place: string): number => Number.parseInt(place.split(':')[1] ?? '', 16);
        return `${port(local)} ${port(remote)} ${state}`;
      }),
  );
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kilobytes === undefined) throw new Error('no VmRSS');
  return Number(kilobytes) * 1024;
}
