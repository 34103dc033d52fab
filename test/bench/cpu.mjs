// CPU time and memory from /proc. Of a program: all its threads and its children's; exact only while it is idle.
import { readdirSync, readFileSync } from 'node:fs';

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function threadsOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

export function childrenOf(pid) {
  const lists = threadsOf(pid).map((thread) => read(`/proc/${pid}/task/${thread}/children`));
  return lists.flatMap((list) => list.split(' ').filter((child) => child.trim() !== '')).map(Number);
}

/** The process and everything it started, by id. */
export function treeOf(pid) {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Nanoseconds of each thread of these processes, without what they started. */
export function threadNanosecondsOf(pids) {
  const threads = pids.flatMap((pid) =>
    threadsOf(pid).map((thread) => [thread, `/proc/${pid}/task/${thread}/schedstat`]),
  );
  return new Map(threads.map(([thread, path]) => [thread, Number(read(path).split(' ')[0])]));
}

/**
 * Nanoseconds between two readings. A thread that ended meanwhile takes its counter with it: what it used between them is not
 * seen, and what it used before is not taken off the others (the gateway ends the thread that judged its policy after 30 s).
 */
export function spentNanoseconds(before, after) {
  let sum = 0;
  for (const [thread, nanoseconds] of after) sum += Math.max(0, nanoseconds - (before.get(thread) ?? 0));
  return sum;
}

/** Bytes of memory that processes have resident. */
export function residentBytesOf(pids) {
  const kibibytes = pids.map((pid) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kibibytes.reduce((sum, each) => sum + each, 0) * 1024;
}

/** Bytes that a process has written, to sockets too. */
export function writtenBytesOf(pid) {
  return Number(/^wchar: (\d+)$/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
}

/** Nanoseconds that the cores were busy since the machine started, all together; told in steps of 10 ms. */
export function busyNanosecondsOf(cores) {
  const lines = read('/proc/stat').split('\n');
  let ticks = 0;
  for (const core of cores) {
    const line = lines.find((text) => text.startsWith(`cpu${core} `)) ?? '';
    const [, user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).map(Number);
    ticks += user + nice + system + irq + softirq + steal;
  }
  return ticks * 1e7;
}
