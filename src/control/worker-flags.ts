// How a worker's engine is set up. Each flag was measured (docs/performance.md, "The engine's flags"); none changes what is done.
import { spawnSync } from 'node:child_process';

/** Young generations of 64 MiB: a request's garbage dies there, in fewer and longer collections. */
const COLLECTION = ['--max-semi-space-size=64'];

/**
 * A request runs through many small functions: the compiler may put together four times as much of them as it does by default, which
 * was up to 6 % of a request in one run.
 */
const INLINING = [
  '--max-inlined-bytecode-size=1500',
  '--max-inlined-bytecode-size-cumulative=4000',
  '--min-inlining-frequency=0.05',
];

/** For this Node: an engine that does not know a flag ends at once, so the second kind is tried on a program that does nothing. */
export function workerFlags(): readonly string[] {
  return [...COLLECTION, ...(areKnown(INLINING) ? INLINING : [])];
}

/** Whether this Node starts with them. Takes a few milliseconds. */
export function areKnown(flags: readonly string[]): boolean {
  return spawnSync(process.execPath, [...flags, '--version'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}
