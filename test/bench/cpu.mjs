// CPU time from /proc. Of a program: all its threads and its children's, in nanoseconds; exact only while it is idle.
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

/** The process and everything it started, by id. */
export function treeOf(pid) {
  const children = threadsOf(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '));
  return [pid, ...children.filter((child) => child.trim() !== '').flatMap((child) => treeOf(Number(child)))];
}

export function cpuNanosecondsOf(pid) {
  let sum = 0;
  for (const process of treeOf(pid)) {
    for (const thread of threadsOf(process)) {
      sum += Number(read(`/proc/${process}/task/${thread}/schedstat`).split(' ')[0]);
    }
  }
  return sum;
}

/** Idle and all ticks of one core since the machine started. */
export function coreTicks(core) {
  const line = read('/proc/stat')
    .split('\n')
    .find((text) => text.startsWith(`cpu${core} `));
  if (line === undefined) return { idle: 0, all: 0 };
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return { idle: ticks[3] + ticks[4], all: ticks.reduce((sum, each) => sum + each, 0) };
}
