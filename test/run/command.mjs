// Runs a program to its end with everything it says in one text; its standard input is closed.
import { spawn } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';

/**
 * Resolves with the exit code (127 where the program is not there) and what it said, both streams as they came. `niceness`: how much
 * nicer than we are it is, with all that it starts; default 0.
 */
export function runCommand([program, ...words], { env = {}, niceness = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, Math.min(19, getPriority() + niceness));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk) => (said += chunk));
    }
    child.on('error', (error) => resolve({ code: 127, said: `${program}: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}
