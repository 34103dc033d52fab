// What the kernel says about a process: its sockets and its memory. Nothing here asks the product.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

function targetsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
}

function socketInodes(pid: number): readonly string[] {
  return targetsOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

/** What each descriptor of a process and of those that it started leads to, as the kernel writes it: `socket:[1234]`. */
export function descriptorsOf(pid: number): readonly string[] {
  return familyOf(pid).flatMap(targetsOf);
}

/** A process and those that it started, itself first: a gateway's primary and its workers. */
function familyOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return [pid, ...(children === '' ? [] : children.split(' ')).map(Number)];
}

/** TCP connections of a process and of those that it started, listeners left out: `local remote state`, ports in decimal, state as the kernel numbers it (01 established). */
export function connectionsOf(pid: number): readonly string[] {
  const inodes = new Set(familyOf(pid).flatMap(socketInodes));
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

/** How many connections each process that `pid` started holds on a port that it serves, by the number of the process. */
export function servedByEach(pid: number, port: number): ReadonlyMap<number, number> {
  const [, ...children] = familyOf(pid);
  const isServed = (connection: string): boolean => connection.startsWith(`${port} `) && connection.endsWith(' 01');
  return new Map(
    children.flatMap((child) => {
      try {
        return [[child, connectionsOf(child).filter(isServed).length] as const];
      } catch {
        // It has ended, and nobody has asked how yet.
        return [];
      }
    }),
  );
}

/** Resident memory in bytes, of a process and of those that it started, each by its number. */
export function residentBytes(pid: number): ReadonlyMap<number, number> {
  return new Map(
    familyOf(pid).map((each) => {
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/status`, 'latin1'))?.[1];
      if (kilobytes === undefined) throw new Error('no VmRSS');
      return [each, Number(kilobytes) * 1024];
    }),
  );
}

/** What those processes hold more than before; what one of them gave back makes up for nothing in another. */
export function growthSince(before: ReadonlyMap<number, number>, pid: number): number {
  return [...residentBytes(pid)].reduce((sum, [each, now]) => sum + Math.max(0, now - (before.get(each) ?? 0)), 0);
}
