// Where log lines go: JSON through pino, asynchronously, flushed at the exit. The only importer of pino and of its file writer.
// Every line passes the limiter and the redaction on its way; nobody else writes to standard output while the gateway runs.
import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import sonicBoom from 'sonic-boom';
import { LogLimiter } from '../telemetry/log-limiter.js';
import type { Log, LogFields, LogLevel } from '../telemetry/log.js';
import { redactFields, redactText } from '../telemetry/redaction.js';

export interface LogSinkOptions {
  readonly level: LogLevel;
  /** On every line, for example the worker's number. */
  readonly base?: LogFields;
  /** File descriptor; default 1. */
  readonly descriptor?: number;
}

export interface LogSink extends Log {
  /** Writes what is held back and everything buffered; synchronous, fit for the last moment of a process. */
  flush(): void;
}

const GATHERED_BYTES = 4096;
/** What is kept for a reader that does not read; further lines are lost. */
const MOST_BYTES = 4 * 1024 * 1024;
/** How often the last lines are tried, a tenth of a second apart, where the reader does not read and the descriptor does not block. */
const LAST_TRIES = 10;
const FLUSH_MS = 100;
/**
 * Beats behind a line: one that comes while another is being written may miss its first, and what was held back of a second is told
 * when that is over. After them the beat is slow: to wake an idle process ten times a second cost it more than all else that it does.
 */
const BEATS = 20;
const SLOW_BEAT_MS = 2000;

/** Opens the sink and hooks its flush to the process's exit. A reader of our output that went away is no reason to stop. */
export function openLog(options: LogSinkOptions): LogSink {
  // Gathered and written a few times a second: a line that is on its way in the background cannot be flushed at the end.
  let triesLeft = Infinity;
  const destination = new sonicBoom.SonicBoom({
    fd: options.descriptor ?? 1,
    sync: false,
    minLength: GATHERED_BYTES,
    maxLength: MOST_BYTES,
    retryEAGAIN: () => (triesLeft -= 1) >= 0,
  });
  destination.on('error', () => undefined);
  const lines = pino(
    {
      level: options.level,
      base: { pid: process.pid, ...options.base },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const limiter = new LogLimiter();

  let beats = 0;
  const settle = (nowMs: number): void => {
    for (const { event, cause, lines: held } of limiter.settle(nowMs)) {
      beats = 0;
      lines.warn({ event, cause, held }, `${held} more lines like this in one second`);
    }
  };

  const beat = (): void => {
    settle(performance.now());
    destination.flush();
    beats += 1;
    next = setTimeout(beat, beats < BEATS ? FLUSH_MS : SLOW_BEAT_MS).unref();
  };
  let next = setTimeout(beat, FLUSH_MS).unref();
  /** A line was written. */
  const quicken = (): void => {
    if (beats >= BEATS) {
      clearTimeout(next);
      next = setTimeout(beat, FLUSH_MS).unref();
    }
    beats = 0;
  };

  const write = (level: LogLevel, event: string, message: string, fields: LogFields = {}): void => {
    if (!lines.isLevelEnabled(level)) return;
    const cause = fields['cause'];
    const limited = level === 'warn' || level === 'error' || cause !== undefined;
    if (limited && !limiter.admits(event, typeof cause === 'string' ? cause : '', performance.now())) return;
    quicken();
    lines[level]({ event, ...redactFields(fields) }, redactText(message));
  };

  const flush = (): void => {
    settle(Infinity);
    triesLeft = LAST_TRIES;
    try {
      destination.flushSync();
    } catch {
      // Whoever read it is gone, or does not read: there is nobody left to tell.
    }
    triesLeft = Infinity;
  };
  process.on('exit', flush);

  return {
    debug: (event, message, fields) => write('debug', event, message, fields),
    info: (event, message, fields) => write('info', event, message, fields),
    warn: (event, message, fields) => write('warn', event, message, fields),
    error: (event, message, fields) => write('error', event, message, fields),
    flush,
  };
}
