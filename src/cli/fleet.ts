// `headgate fleet`: the replicas that share with this gateway, as it heard them last: which policy, since when, what is locked down,
// what leaked. Changes nothing and asks no other replica.
import { Option } from 'commander';
import type { FleetAnswer } from '../control/admin-actions.js';
import { EXIT_CODES } from './exit-codes.js';
import { renderFleet } from './render-fleet.js';
import { lookAt } from './running-gateway.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly format: 'text' | 'json';
  readonly tokenFile?: string;
}

export const fleetVerb: Verb = (program, terminal) => {
  program
    .command('fleet')
    .description('list the replicas: which policy each runs, since when, what is locked down there, what leaked')
    .requiredOption('--config <file>', 'the settings file of one of the gateways')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--token-file <file>', 'a token of the role `read`; default: the one that the settings name')
    .action((options: Options) => run(options, terminal));
};

async function run({ format, ...place }: Options, terminal: Terminal): Promise<void> {
  const body = await lookAt({ ...place, path: '/v1/fleet', what: 'the fleet' }, terminal);
  if (body === undefined) return;
  const answer = body as FleetAnswer;
  terminal.out(format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : renderFleet(answer, place.config));
  terminal.end(EXIT_CODES.done);
}
