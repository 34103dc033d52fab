// `headgate schema`: the JSON Schemas that editors complete and check the files with.
import { Argument } from 'commander';
import { renderCanaryJsonSchema } from '../canary/canary-settings.js';
import { renderSettingsJsonSchema } from '../control/settings-json-schema.js';
import { renderPolicyJsonSchema } from '../policy/json-schema.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Verb } from './terminal.js';

export const schemaVerb: Verb = (program, terminal) => {
  program
    .command('schema')
    .description('print the JSON Schema of one of the three files')
    .addArgument(new Argument('<file>', 'which of them').choices(['policy', 'headgate', 'canary']))
    .action((file: 'policy' | 'headgate' | 'canary') => {
      const render = {
        policy: renderPolicyJsonSchema,
        headgate: renderSettingsJsonSchema,
        canary: renderCanaryJsonSchema,
      }[file];
      terminal.out(render());
      terminal.end(EXIT_CODES.done);
    });
};
