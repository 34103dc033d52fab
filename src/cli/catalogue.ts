// `headgate catalogue`: every header name that is identity without anybody saying so.
import { Option } from 'commander';
import { renderCatalogue, type CatalogueFormat } from '../policy/render-catalogue.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Verb } from './terminal.js';

const FORMATS: readonly CatalogueFormat[] = ['text', 'json', 'markdown'];

export const catalogueVerb: Verb = (program, terminal) => {
  program
    .command('catalogue')
    .description('print the built-in catalogue of identity headers')
    .addOption(new Option('--format <format>', 'how it is printed').choices(FORMATS).default('text'))
    .action(({ format }: { format: CatalogueFormat }) => {
      terminal.out(renderCatalogue(format));
      terminal.end(EXIT_CODES.done);
    });
};
