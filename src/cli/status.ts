// `headgate status`: what the running gateway says of itself, and waiting until every worker runs a policy. Changes nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { Option } from 'commander';
import type { FleetAnswer } from '../control/admin-actions.js';
import type { GatewayStatus } from '../control/gateway-status.js';
import { parseDuration } from '../document/units.js';
import { askAdmin, renderAdminPlace, type AdminPlace, type Reply } from './admin-client.js';
import { EXIT_CODES } from './exit-codes.js';
import { behindOf } from './fleet-behind.js';
import { readGatewaySettings } from './gateway-settings.js';
import { renderStatus } from './render-status.js';
import { oneLine } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly format: 'text' | 'json';
  readonly wait?: string;
  readonly timeout: string;
  readonly fleet?: true;
  readonly tokenFile?: string;
}

const ANSWER_WITHIN_MS = 10_000;
const POLL_MS = 200;

export const statusVerb: Verb = (program, terminal) => {
  program
    .command('status')
    .description('what runs, what was refused and why, what is locked down, what ends soon, and what to type next')
    .requiredOption('--config <file>', 'the settings file of the gateway')
    .addOption(new Option('--format <format>', 'how it is printed').choices(['text', 'json']).default('text'))
    .option('--wait <digest>', 'until every worker runs this policy; its first 7 characters suffice')
    .option('--fleet', 'with `--wait`: until every replica of the fleet runs it')
    .option('--timeout <duration>', 'how long to wait', '60s')
    .option('--token-file <file>', 'a token of the role `read`; default: the one that the settings name')
    .action((options: Options) => run(options, terminal));
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const { config, wait, tokenFile } = options;
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs === undefined || (wait !== undefined && !/^[0-9a-f]{7,64}$/.test(wait))) {
    const wrong =
      timeoutMs === undefined
        ? `\`--timeout ${options.timeout}\` is no duration: it takes a number with a unit, such as \`60s\``
        : `\`--wait ${wait}\` is no digest: it takes 7 to 64 hexadecimal digits`;
    terminal.err(`error: ${wrong}\n`);
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const settings = readGatewaySettings(config, terminal);
  if (settings === undefined) return;
  if (settings.admin === null) {
    terminal.err('error: this gateway has no admin API: the setting `admin` is off\n');
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const { admin } = settings;
  const deadline = performance.now() + timeoutMs;
  let read = await readStatus(admin, tokenFile);
  let behind = await readBehind(admin, options);
  while (
    wait !== undefined &&
    (mayChange(read, wait) || ('status' in read && behind.length > 0)) &&
    performance.now() < deadline
  ) {
    await pause(Math.min(POLL_MS, Math.max(1, deadline - performance.now())));
    read = await readStatus(admin, tokenFile);
    behind = await readBehind(admin, options);
  }
  if ('failure' in read) {
    terminal.err(`error: cannot read the status from ${renderAdminPlace(admin)}: ${read.failure}\n`);
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const { status } = read;
  terminal.out(
    options.format === 'json'
      ? `${JSON.stringify(status, null, 2)}\n`
      : renderStatus(status, { config, now: Date.now() }),
  );
  if (wait === undefined || (isEverywhere(status, wait) && behind.length === 0)) return terminal.end(EXIT_CODES.done);
  for (const line of behind) terminal.err(`error: ${oneLine(line)}\n`);
  const count = status.workers.filter((worker) => worker.digest?.startsWith(wait)).length;
  terminal.err(`error: ${count} of ${status.workers.length} workers run \`${wait}\` after ${options.timeout}\n`);
  terminal.end(EXIT_CODES.failed);
}

/** Replicas that do not run what is waited for, where they are waited for. */
async function readBehind(admin: AdminPlace, { wait, fleet, tokenFile }: Options): Promise<readonly string[]> {
  if (wait === undefined || fleet !== true) return [];
  const question = { method: 'GET', path: '/v1/fleet', role: 'read', tokenFile, withinMs: ANSWER_WITHIN_MS } as const;
  const reply = await askAdmin(admin, question);
  if (reply.kind !== 'answered') return [`the fleet cannot be read: ${reply.message}`];
  return behindOf(reply.body as FleetAnswer, wait);
}

type Read = { readonly status: GatewayStatus } | { readonly failure: string; readonly isFinal: boolean };

async function readStatus(admin: AdminPlace, tokenFile: string | undefined): Promise<Read> {
  const question = { method: 'GET', path: '/v1/status', role: 'read', tokenFile, withinMs: ANSWER_WITHIN_MS } as const;
  return readOf(await askAdmin(admin, question));
}

function readOf(reply: Reply): Read {
  switch (reply.kind) {
    case 'answered':
      return isStatus(reply.body)
        ? { status: reply.body }
        : { failure: 'its answer is no status: is it of this version?', isFinal: true };
    case 'refused':
      return { failure: reply.message, isFinal: reply.status < 500 };
    case 'unreachable':
      return { failure: reply.message, isFinal: false };
    default:
      return reply satisfies never;
  }
}

/** A gateway that starts or cannot be reached may still come; one that knows no such token will not. */
function mayChange(read: Read, digest: string): boolean {
  return 'failure' in read ? !read.isFinal : !isEverywhere(read.status, digest);
}

function isEverywhere({ digest, workers }: GatewayStatus, wanted: string): boolean {
  const runs = (each: string | null): boolean => each?.startsWith(wanted) === true;
  return runs(digest) && workers.length > 0 && workers.every((worker) => worker.serving && runs(worker.digest));
}

function isStatus(body: unknown): body is GatewayStatus {
  const status = body as Partial<GatewayStatus> | null;
  return (
    typeof status?.state === 'string' &&
    typeof status.timezone === 'string' &&
    Array.isArray(status.workers) &&
    Array.isArray(status.lockdown?.partners) &&
    Array.isArray(status.restartNeeded) &&
    typeof status.stateFolder === 'object' &&
    typeof status.history === 'object' &&
    typeof status.reload === 'object'
  );
}
