// `headgate demo`: the whole picture on this machine, in a terminal. For looking at, never for traffic.
import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { showFleet } from '../demo/fleet-picture.js';
import { showPicture } from '../demo/picture.js';
import { identifierOf } from '../policy/identify.js';
import { EXIT_CODES } from './exit-codes.js';
import { shellWord } from './shell-words.js';
import type { Verb } from './terminal.js';

const POLICY = fileURLToPath(new URL('../../config/demo/policy.yaml', import.meta.url));
const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

export const demoVerb: Verb = (program, terminal) => {
  program
    .command('demo')
    .description('show on this machine who receives what: an enricher, the gateway, websites; until Ctrl-C')
    .option('--once', 'end after the table')
    .option('--fleet', 'show three gateways that share a Redis instead, and a lockdown that reaches all')
    .option('--folder <folder>', 'keep the gateway’s settings, log and state there')
    .action(async ({ once = false, fleet = false, folder }: { once?: boolean; fleet?: boolean; folder?: string }) => {
      const shown = (path: string): string => {
        const near = relative(process.cwd(), path);
        return isAbsolute(near) || near.startsWith('..') ? path : near;
      };
      const interrupted = new Promise<void>((settle) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => settle());
      });
      try {
        const shared = {
          main: MAIN,
          policyFile: POLICY,
          typed: (words: readonly string[]) => ['node', shown(MAIN), ...words].map(shellWord).join(' '),
          identify: identifierOf([]),
          once,
          interrupted,
          print: (line: string) => terminal.out(`${line}\n`),
        };
        if (fleet) await showFleet(shared);
        else {
          const kept = folder === undefined ? null : resolve(folder);
          await showPicture({ ...shared, policyShown: shown(POLICY), folder: kept });
        }
        terminal.end(EXIT_CODES.done);
      } catch (error) {
        terminal.err(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        terminal.end(EXIT_CODES.failed);
      }
    });
};
