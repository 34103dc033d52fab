// What is said to the log: a closed list of events with plain fields. Never an identity value, never a subscriber's address.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Values that may stand in a log line; hosts of partners, codes, digests, numbers. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** `event` is a stable kebab-case word; refusals and faults pass a limiter of 10 lines a second per event and `cause`. */
export interface Log {
  debug(event: string, message: string, fields?: LogFields): void;
  info(event: string, message: string, fields?: LogFields): void;
  warn(event: string, message: string, fields?: LogFields): void;
  error(event: string, message: string, fields?: LogFields): void;
}
