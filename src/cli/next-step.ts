// What to type next, by why a candidate was refused. One line per code, for whoever is woken at night.
import type { RefusalCode } from '../control/gateway-status.js';
import { shellWord } from './shell-words.js';

/** A command, or where there is none, what to look at. `config` is the settings file as it was written on the command line. */
export function nextStepFor(code: RefusalCode, config: string): string {
  const file = `--config ${shellWord(config)}`;
  switch (code) {
    case 'not-approved':
      return `headgate propose ${file} --reason TEXT`;
    case 'no-baseline':
      return `headgate propose ${file} --baseline --reason TEXT`;
    case 'generation':
      return `headgate approvals ${file}`;
    case 'invalid':
    case 'never-set':
    case 'ceiling':
    case 'tests':
      return `headgate check ${file}`;
    case 'state':
      return `mend the state folder, then headgate reload ${file}`;
    case 'workers':
      return `look for \`worker-ended\` in the log, then headgate reload ${file}`;
    default:
      return code satisfies never;
  }
}
