// What a process does with an exception that nobody caught: say where, flush, end. It must not go on: what threw may have been a guard.
import type { LogSink } from './log-sink.js';

/** Hooks the process's last resort. The line has the error's name, message and places in our files, redacted like any other. */
export function guardProcess(log: LogSink): void {
  const end = (error: unknown): void => {
    const { name, message, stack } =
      error instanceof Error ? error : { name: 'thrown', message: typeof error, stack: '' };
    const places = (stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
    log.error('crash', `${name}: ${message}`, { at: places.slice(0, 8).map((line) => line.trim()) });
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
