// `headgate schema`: the JSON Schemas that editors complete and check the two files with.
import { Argument } from 'commander';
import { renderSettingsJsonSchema } from '../control/settings-json-schema.js';
import { renderPolicyJsonSchema } from '../policy/json-schema.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Verb } from './terminal.js';

export const schemaVerb: Verb = (program, terminal) => {
  program
    .command('schema')
    .description('print the JSON Schema of one of the two files')
    .addArgument(new Argument('<file>', 'which of the two').choices(['policy', 'headgate']))
    .action((file: 'policy' | 'headgate') => {
      terminal.out(file === 'policy' ? renderPolicyJsonSchema() : renderSettingsJsonSchema());
      terminal.end(EXIT_CODES.done);
    });
};
