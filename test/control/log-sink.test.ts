// What reaches the log: JSON lines, redacted, limited, complete at the end.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLog, type LogSink, type LogSinkOptions } from '../../src/control/log-sink.js';

const NUMBER = '447700900123';

function written(
  use: (log: LogSink) => void,
  options: Partial<LogSinkOptions> = {},
): { text: string; lines: Record<string, unknown>[] } {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-log-'));
  const file = join(folder, 'log');
  const descriptor = openSync(file, 'w');
  const log = openLog({ level: 'info', descriptor, ...options });
  use(log);
  log.flush();
  const text = readFileSync(file, 'utf8');
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
  return {
    text,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the log', () => {
  test('a line has level, time, process, event, message and its fields', () => {
    const { lines } = written((log) => log.info('listening', 'listener internet', { listener: 'internet', port: 80 }), {
      base: { worker: 3 },
    });
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
        pid: process.pid,
        worker: 3,
        event: 'listening',
        message: 'listener internet',
        listener: 'internet',
        port: 80,
      },
    ]);
  });

  test('no number passes, in a message or in a field', () => {
    const { text, lines } = written((log) =>
      log.error('fault', `failed for ${NUMBER}`, { cause: NUMBER, names: [`x${NUMBER}`], deep: `+${NUMBER}` }),
    );
    expect(lines).toHaveLength(1);
    expect(text).not.toContain('7700900');
  });

  test('ten faults of one cause a second are written, then how many more there were', () => {
    const { lines } = written((log) => {
      for (let i = 0; i < 35; i += 1) log.warn('request-refused', 'refused: host', { cause: 'host' });
      log.warn('request-refused', 'refused: syntax', { cause: 'syntax' });
    });
    const refused = lines.filter((line) => line['held'] === undefined);
    expect(refused.filter((line) => line['cause'] === 'host')).toHaveLength(10);
    expect(refused.filter((line) => line['cause'] === 'syntax')).toHaveLength(1);
    expect(lines.find((line) => line['held'] !== undefined)).toMatchObject({
      level: 'warn',
      event: 'request-refused',
      cause: 'host',
      held: 25,
      message: '25 more lines like this in one second',
    });
  });

  test('lines without a cause at level info are never held back', () => {
    const { lines } = written((log) => {
      for (let i = 0; i < 30; i += 1) log.info('listening', 'listener', { listener: `l${i}` });
    });
    expect(lines).toHaveLength(30);
  });

  test('what is below the level is not written', () => {
    const { lines } = written(
      (log) => {
        log.debug('detail', 'x');
        log.info('detail', 'x');
        log.error('detail', 'y');
      },
      { level: 'error' },
    );
    expect(lines.map((line) => line['message'])).toEqual(['y']);
  });

  describe('while the process goes on', () => {
    const opened: number[] = [];
    afterEach(() => opened.splice(0).forEach((descriptor) => closeSync(descriptor)));
    const begun = (): { log: LogSink; text: () => string } => {
      const file = join(mkdtempSync(join(tmpdir(), 'headgate-log-')), 'log');
      const descriptor = openSync(file, 'w');
      opened.push(descriptor);
      return { log: openLog({ level: 'info', descriptor }), text: () => readFileSync(file, 'utf8') };
    };

    test('a line is written soon, after a long silence too', async () => {
      const { log, text } = begun();
      log.info('listening', 'first');
      await sleep(500);
      expect(text()).toContain('first');
      await sleep(2500);
      log.info('listening', 'second');
      await sleep(500);
      expect(text()).toContain('second');
    });

    test('what was held back is told when its second is over, though nobody logs again', async () => {
      const { log, text } = begun();
      for (let i = 0; i < 35; i += 1) log.warn('request-refused', 'refused: host', { cause: 'host' });
      await sleep(1600);
      expect(text()).toContain('25 more lines like this in one second');
    });
  });
});
