// `make run-fleet` as a newcomer meets it: a lockdown that is set on one gateway is seen on all three, what it prints can be typed, and Ctrl-C
// leaves nothing behind.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';

const MAIN = resolve('dist/cli/main.js');
const NAMES = ['gw-1', 'gw-2', 'gw-3'];

jest.setTimeout(180_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function run(words: readonly string[]): Promise<string> {
  return new Promise((settle) => {
    execFile(process.execPath, words, (_error, stdout, stderr) => settle(stdout + stderr));
  });
}

describeWith(['redis-server'], 'the picture of a fleet', () => {
  test('shows a lockdown reach all three, then stays until Ctrl-C and leaves nothing', async () => {
    let said = '';
    const demo = spawn(process.execPath, [MAIN, 'demo', '--fleet'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((settle) => demo.once('close', settle));
    for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
    try {
      await eventually('the end of what it shows', () => said.includes('Ctrl-C ends it all.'), 120_000);
      const before = said.slice(0, said.indexOf('lockdown on'));
      for (const name of NAMES) {
        expect(before).toContain(`${name}  pay.acme.example receives X-MSISDN`);
        const [, when = 'never'] =
          new RegExp(`^ +${name} released the number for the last time (.*)$`, 'm').exec(said) ?? [];
        expect(when).toMatch(/^(?:before the answer|\d+ ms after the answer)$/);
        expect(said).toMatch(new RegExp(`^ +${name}.* EVERYONE `, 'm'));
      }
      expect(said).not.toContain('7700900');

      const fleet = said.split('\n').findLast((line) => line.includes(' fleet --config ')) ?? '';
      const settings = /--config (\S+)/.exec(fleet)?.[1] ?? '';
      expect(await run([MAIN, ...fleet.trim().split(' ').slice(2)])).toMatch(/^3 replicas run policy [0-9a-f]{64}\n/);
      const redis = Number(/kill -9 (\d+)/.exec(said)?.[1]);
      expect([existsSync(settings), isAlive(redis)]).toEqual([true, true]);
      demo.kill('SIGINT');
      expect(await ended).toBe(0);
      expect([existsSync(settings), isAlive(redis)]).toEqual([false, false]);
    } finally {
      if (demo.exitCode === null) demo.kill('SIGINT');
      await ended;
    }
  });
});
