// `headgate lockdown on|off`: strips everything, for everyone or one partner, now. INVARIANT: it says that a lockdown is on only when
// the gateway said that every worker obeys; else it says how to have it without the admin API (test/cli/lockdown.test.ts).
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Argument } from 'commander';
import type { FleetAnswer, ListedReplica, LockdownAnswer } from '../control/admin-actions.js';
import { isPartnerId } from '../control/admin-body.js';
import type { Settings } from '../control/settings.js';
import { askAdmin, renderAdminPlace, type AdminPlace, type Reply } from './admin-client.js';
import { EXIT_CODES } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
import { LOCKDOWN_FILE, switchOn } from './lockdown-switch.js';
import { oneLine, shellWord } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly partner?: string;
  readonly reason: string;
  readonly by?: string;
  readonly file?: true;
  readonly tokenFile?: string;
}

interface Order extends Options {
  readonly state: 'on' | 'off';
  readonly by: string;
}

/** Longer than a worker may take before it is replaced. */
const ANSWER_WITHIN_MS = 30_000;

export const lockdownVerb: Verb = (program, terminal) => {
  program
    .command('lockdown')
    .description('strip everything now, for everyone or for one partner; or end that')
    .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
    .requiredOption('--config <file>', 'the settings file of the gateway')
    .requiredOption('--reason <text>', 'why, for the history')
    .option('--partner <id>', 'one partner; default: everyone')
    .option('--by <name>', 'who orders it; default: the login name')
    .option('--file', `write the file ${LOCKDOWN_FILE} in the state folder instead of asking the gateway (only on)`)
    .option('--token-file <file>', 'a token of the role `lockdown` (off: `operate`); default: as the settings name it')
    .action((state: 'on' | 'off', options: Options) => run(state, options, terminal));
};

async function run(state: 'on' | 'off', options: Options, terminal: Terminal): Promise<void> {
  const by = options.by ?? loginName();
  const wrong =
    by === undefined
      ? 'nobody is logged in by a name: write `--by NAME`'
      : options.file === true && state === 'off'
        ? 'a lockdown ends only through the admin API: `--file` is for `on`'
        : options.partner !== undefined && !isPartnerId(options.partner)
          ? `\`--partner ${oneLine(options.partner)}\` is no id of a partner`
          : undefined;
  if (by === undefined || wrong !== undefined) {
    terminal.err(`error: ${wrong ?? ''}\n`);
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const settings = readGatewaySettings(options.config, terminal);
  if (settings === undefined) {
    if (state === 'on') terminal.err(`  help: by hand: make the file ${LOCKDOWN_FILE} in the gateway’s state folder\n`);
    return;
  }
  const order = { ...options, state, by };
  if (options.file === true) writeSwitch(settings, order, terminal);
  else await ask(settings, order, terminal);
}

async function ask({ admin, stateFolder }: Settings, order: Order, terminal: Terminal): Promise<void> {
  const { state, partner, reason, by, tokenFile } = order;
  const reply: Reply =
    admin === null
      ? { kind: 'unreachable', message: 'this gateway has no admin API: the setting `admin` is off' }
      : await askAdmin(admin, {
          method: 'POST',
          path: '/v1/lockdown',
          body: { state, reason, by, ...(partner === undefined ? {} : { partner }) },
          role: state === 'on' ? 'lockdown' : 'operate',
          tokenFile,
          withinMs: ANSWER_WITHIN_MS,
        });
  if (reply.kind === 'answered' && isAnswer(reply.body)) {
    const elsewhere = admin === null || state === 'on' ? [] : await lockedElsewhere(admin, order);
    return confirm(reply.body, { ...order, elsewhere }, terminal);
  }
  const why = reply.kind === 'answered' ? 'its answer is none: is it of this version?' : reply.message;
  const where = admin === null ? '' : ` by ${renderAdminPlace(admin)}`;
  terminal.err(`error: lockdown ${state} is not confirmed${where}: ${oneLine(why)}\n`);
  for (const line of helpFor(reply, order, stateFolder)) terminal.err(`  help: ${line}\n`);
  terminal.end(EXIT_CODES.failed);
}

function confirm(
  answer: LockdownAnswer,
  order: Order & { readonly elsewhere: readonly string[] },
  terminal: Terminal,
): void {
  const { state, partner, config, elsewhere } = order;
  const obey = answer.workers === 1 ? '1 worker obeys' : `${answer.workers} workers obey`;
  terminal.out(`lockdown is ${state} for ${whom(partner)}: ${obey}\n`);
  const option = partner === undefined ? '' : ` --partner ${shellWord(partner)}`;
  if (state === 'on')
    terminal.out(`to end it: headgate lockdown off${option} --reason TEXT --config ${shellWord(config)}\n`);
  const { all, partners } = answer.lockdown;
  if (state === 'off' && partner !== undefined && all !== null) {
    terminal.out('lockdown is still on for everyone\n');
  }
  if (state === 'off' && partner === undefined && partners.length > 0) {
    terminal.out(`lockdown is still on for ${oneLine(partners.map(({ id }) => `partner ${id}`).join(', '))}\n`);
  }
  if (elsewhere.length > 0) {
    terminal.out(`it is still on at ${oneLine(elsewhere.join(', '))}: end it on each of them too\n`);
  }
  sayAnnounced(answer, terminal);
  if (!answer.recorded) {
    const why = oneLine(answer.problem ?? 'no reason known');
    terminal.err(`warning: it is not recorded and a restart would not know of it: ${why}\n`);
  }
  terminal.end(EXIT_CODES.done);
}

/** Names of the replicas on which it is still on: it is ended on each. */
async function lockedElsewhere(admin: AdminPlace, { partner, tokenFile }: Order): Promise<readonly string[]> {
  const question = { method: 'GET', path: '/v1/fleet', role: 'read', tokenFile, withinMs: ANSWER_WITHIN_MS } as const;
  const reply = await askAdmin(admin, question);
  if (reply.kind !== 'answered') return [];
  const isOn = ({ all, partners }: ListedReplica['lockdown']): boolean =>
    partner === undefined ? all : partners.includes(partner);
  const { replicas = [] } = reply.body as Partial<FleetAnswer>;
  return replicas.flatMap(({ name, self, lockdown }) => (!self && isOn(lockdown) ? [name] : []));
}

/** Of replicas that share: an order reaches all. */
function sayAnnounced({ announced }: LockdownAnswer, terminal: Terminal): void {
  if (announced === true) terminal.out('the other replicas are told: `headgate fleet` says which obey\n');
  if (announced === false) {
    terminal.err('warning: the other replicas are not told yet, Redis does not answer: set it on each of them\n');
  }
}

function writeSwitch({ stateFolder }: Settings, { partner, by, reason }: Order, terminal: Terminal): void {
  const { file, outcome } = switchOn(stateFolder, { partner: partner ?? null, remark: `${by}: ${reason}` });
  if (typeof outcome === 'object') {
    terminal.err(`error: ${outcome.failure}\n  help: run it as the gateway’s user, or as root\n`);
    terminal.end(EXIT_CODES.failed);
    return;
  }
  const verb = outcome === 'written' ? 'is written' : 'says so already';
  terminal.out(`\`${file}\` ${verb}: the gateway takes it within a second, or when it starts\n`);
  if (partner !== undefined) terminal.out('an id that no partner has means everyone there\n');
  terminal.end(EXIT_CODES.done);
}

/** What the gateway refuses for what was asked is a slip; whatever else stands in the way of `on`, the file works. */
function helpFor(reply: Reply, order: Order, stateFolder: string): readonly string[] {
  const { state, partner, reason, config } = order;
  if (reply.kind === 'refused' && reply.status < 500 && reply.status !== 401 && reply.status !== 403) return [];
  if (state === 'off') return ['a lockdown ends only through the admin API, by the role `operate`'];
  const option = partner === undefined ? '' : ` --partner ${shellWord(partner)}`;
  const file = shellWord(join(stateFolder, LOCKDOWN_FILE));
  const byHand = partner === undefined ? `touch ${file}` : `echo ${shellWord(partner)} >> ${file}`;
  return [
    `without the admin API: headgate lockdown on${option} --reason ${shellWord(reason)} --config ${shellWord(config)} --file`,
    `by hand, as the gateway’s user: ${byHand}`,
  ];
}

function whom(partner: string | undefined): string {
  return partner === undefined ? 'everyone' : `partner ${oneLine(partner)}`;
}

/** The person, where somebody became another user to type this. */
function loginName(): string | undefined {
  const sudo = process.env['SUDO_USER'];
  if (sudo !== undefined && sudo !== '') return sudo;
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

function isAnswer(body: unknown): body is LockdownAnswer {
  const answer = body as Partial<LockdownAnswer> | null;
  return typeof answer?.workers === 'number' && Array.isArray(answer.lockdown?.partners);
}
