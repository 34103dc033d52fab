// Programs of the run: started on their core, waited for until they answer, ended by their process id.
import { spawn } from 'node:child_process';
import { request, createServer } from 'node:http';

const running = new Set();

/** A port that was free a moment ago, of loopback. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts a program on one core (on any where `core` is null). What it says is shown if it ends before it is stopped; `onLine`
 * takes its output instead, and then `say` writes to its input.
 */
export function startProgram(words, { core = null, folder = undefined, env = {}, onLine = undefined } = {}) {
  const [program, ...rest] = core === null ? words : ['taskset', '-c', String(core), ...words];
  const stdio = [onLine === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
  const child = spawn(program, rest, { cwd: folder, stdio, env: { ...process.env, ...env } });
  const started = { pid: child.pid, said: '', hasEnded: false, stop: () => stop(child, started) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => (started.said = (started.said + text).slice(-8000)));
  }
  if (onLine !== undefined) {
    let rest = '';
    child.stdout.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(onLine);
    });
    // Its end is told by `exit`.
    child.stdin.on('error', () => undefined);
    started.say = (line) => child.stdin.write(`${line}\n`);
  }
  const ended = () => {
    started.hasEnded = true;
    started.onEnd?.();
  };
  child.on('error', (error) => {
    started.said += error.message;
    ended();
  });
  child.on('exit', ended);
  running.add(started);
  return started;
}

async function stop(child, started) {
  running.delete(started);
  if (started.hasEnded) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(timer);
}

export async function stopAll() {
  await Promise.all([...running].map((started) => started.stop()));
}

/** One request on its own connection; resolves with status and body. */
export function ask({ port, path, host, headers = {} }) {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, agent: false, headers: { Host: host, ...headers } },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (text) => (body += text));
        answer.on('end', () => resolve({ status: answer.statusCode, body }));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** Until `path` answers 200, at most 60 s. */
export async function untilReady(started, name, { port, path, host = '127.0.0.1' }) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (started.hasEnded) throw new Error(`${name} ended at its start: ${started.said}`);
    const answer = await ask({ port, path, host }).catch(() => ({ status: 0 }));
    if (answer.status === 200) return;
    if (Date.now() > deadline) throw new Error(`${name} does not answer: ${started.said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
