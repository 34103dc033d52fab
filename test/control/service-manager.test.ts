// What a service manager is told, received on a real datagram socket from the real systemd-notify.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ServiceManager } from '../../src/control/service-manager.js';
import { readinessOf, type Readiness } from '../../src/control/readiness.js';
import type { Log } from '../../src/telemetry/log.js';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { NotifySocket } from './notify-socket.js';

const STARTING = readinessOf({ state: 'starting', candidate: null });
const READY = readinessOf({ state: 'ready', candidate: null });

const logTo = (lines: string[]): Log => {
  const take = (event: string, message: string): void => void lines.push(`${event}: ${message}`);
  return { debug: take, info: take, warn: take, error: take };
};

describeWith(['python3', 'systemd-notify'], 'the service manager', () => {
  let socket: NotifySocket;
  let readiness: Readiness;
  let manager: ServiceManager;
  /** Of this test alone: the last message of one may fail during the next. */
  let said: string[];

  const managerWith = (environment: NodeJS.ProcessEnv, program?: string): ServiceManager =>
    new ServiceManager({
      environment,
      readiness: () => readiness,
      log: logTo(said),
      ...(program === undefined ? {} : { program }),
    });
  const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    NOTIFY_SOCKET: socket.path,
    ...more,
  });
  const arrived = (count: number): Promise<void> =>
    eventually(`${count} messages`, () => socket.messages.length >= count);

  beforeEach(async () => {
    readiness = STARTING;
    said = [];
    socket = await NotifySocket.open();
  });
  afterEach(() => {
    manager.stopping(0);
    socket.close();
  });

  test('is told READY once /readyz is 200, and not before', async () => {
    manager = managerWith(environment());
    manager.begin();
    await arrived(1);
    readiness = READY;
    await arrived(2);
    readiness = { ready: true, body: 'ready; policy refused: never-set' };
    await arrived(3);
    expect(socket.messages).toEqual([
      'STATUS=starting',
      'READY=1|STATUS=ready',
      'READY=1|STATUS=ready; policy refused: never-set',
    ]);
  });

  test('is told of a reload and of its end, in this order, also where it fails', async () => {
    readiness = READY;
    manager = managerWith(environment());
    manager.begin();
    manager.reloading(Promise.resolve());
    await arrived(3);
    manager.reloading(Promise.reject(new Error('no')));
    await arrived(5);
    expect(socket.messages.map((line) => line.replace(/=\d{4,}/, '=N'))).toEqual([
      'READY=1|STATUS=ready',
      'RELOADING=1|MONOTONIC_USEC=N',
      'READY=1|STATUS=ready',
      'RELOADING=1|MONOTONIC_USEC=N',
      'READY=1|STATUS=ready',
    ]);
  });

  test('hears one message after the other, also where the first takes long', async () => {
    readiness = READY;
    const program = join(dirname(socket.path), 'slow-notify');
    const slow = '#!/bin/sh\ncase "$1" in RELOADING*) sleep 0.3 ;; esac\nexec systemd-notify "$@"\n';
    writeFileSync(program, slow, { mode: 0o755 });
    manager = managerWith(environment(), program);
    manager.begin();
    manager.reloading(Promise.resolve());
    await arrived(3);
    expect(socket.messages.map((line) => line.split('=', 1)[0])).toEqual(['READY', 'RELOADING', 'READY']);
  });

  test('is told that it stops, and how long that may take', async () => {
    manager = managerWith(environment());
    manager.stopping(30_000);
    await arrived(1);
    expect(socket.messages).toEqual(['STOPPING=1|STATUS=draining|EXTEND_TIMEOUT_USEC=40000000']);
  });

  test('hears the watchdog’s beat where it asked for one of this process', async () => {
    manager = managerWith(environment({ WATCHDOG_USEC: '200000', WATCHDOG_PID: String(process.pid) }));
    manager.begin();
    await arrived(4);
    expect(socket.messages.filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThanOrEqual(3);
  });

  test('hears none that was meant for another process', async () => {
    manager = managerWith(environment({ WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' }));
    manager.begin();
    await arrived(1);
    manager.stopping(0);
    await arrived(2);
    expect(socket.messages.filter((line) => line.startsWith('WATCHDOG'))).toEqual([]);
  });

  test('is spoken to by this process alone: no child finds its address', () => {
    const own = environment({ WATCHDOG_USEC: '1', WATCHDOG_PID: '1' });
    manager = managerWith(own);
    expect(Object.keys(own)).toEqual(['PATH']);
  });

  test('is nobody where there is no NOTIFY_SOCKET: nothing is started', async () => {
    const mine = said;
    manager = managerWith({ PATH: process.env['PATH'] }, '/nowhere/systemd-notify');
    manager.begin();
    manager.reloading(Promise.resolve());
    manager.stopping(0);
    // The program is not there: whoever had asked for it would have been told within this time by the one that does.
    const other: string[] = [];
    said = other;
    const asking = managerWith(environment(), '/nowhere/systemd-notify');
    asking.begin();
    await eventually('a log line', () => other.length > 0);
    asking.stopping(0);
    expect(mine).toEqual([]);
  });

  test('that cannot be told is said once, and nothing fails', async () => {
    readiness = READY;
    manager = managerWith(environment(), '/nowhere/systemd-notify');
    manager.begin();
    manager.reloading(Promise.resolve());
    await eventually('a log line', () => said.length > 0);
    manager.stopping(0);
    expect(said).toEqual(['service-manager: the service manager cannot be told how it stands: systemd-notify: ENOENT']);
  });
});
