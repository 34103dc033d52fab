// `headgate version`: which headgate this is and which Node runs it.
import { headgateVersion } from '../control/version.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Verb } from './terminal.js';

export const versionVerb: Verb = (program, terminal) => {
  program
    .command('version')
    .description('print the version')
    .action(() => {
      terminal.out(`headgate ${headgateVersion()} (node ${process.version})\n`);
      terminal.end(EXIT_CODES.done);
    });
};
