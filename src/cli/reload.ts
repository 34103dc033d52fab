// `headgate reload`: has the running gateway judge what lies on disk, and prints the verdict.
import type { ReloadAnswer } from '../control/admin-actions.js';
import type { RefusalCode } from '../control/gateway-status.js';
import { renderInstant } from '../policy/instant.js';
import { askAdmin, renderAdminPlace } from './admin-client.js';
import { EXIT_CODES, type ExitCode } from './exit-codes.js';
import { readGatewaySettings } from './gateway-settings.js';
import { candidateRows, type Row } from './render-candidate.js';
import { renderRows } from './render-status.js';
import type { Terminal, Verb } from './terminal.js';

interface Options {
  readonly config: string;
  readonly tokenFile?: string;
}

/** A large policy is compiled and compared first. */
const ANSWER_WITHIN_MS = 120_000;

export const reloadVerb: Verb = (program, terminal) => {
  program
    .command('reload')
    .description('have the gateway judge what lies on disk: 0 admitted, 2 not approved, 4 never')
    .requiredOption('--config <file>', 'the settings file of the gateway')
    .option('--token-file <file>', 'a token of the role `operate`; default: the one that the settings name')
    .action((options: Options) => run(options, terminal));
};

async function run({ config, tokenFile }: Options, terminal: Terminal): Promise<void> {
  const settings = readGatewaySettings(config, terminal);
  if (settings === undefined) return;
  const fail = (message: string): void => {
    terminal.err(`error: ${message}\n`);
    terminal.end(EXIT_CODES.failed);
  };
  const { admin } = settings;
  if (admin === null) return fail('this gateway has no admin API: the setting `admin` is off; SIGHUP reloads too');
  const question = {
    method: 'POST',
    path: '/v1/reload',
    role: 'operate',
    tokenFile,
    withinMs: ANSWER_WITHIN_MS,
  } as const;
  const reply = await askAdmin(admin, question);
  if (reply.kind !== 'answered') return fail(`no verdict from ${renderAdminPlace(admin)}: ${reply.message}`);
  if (!isVerdict(reply.body)) return fail(`no verdict from ${renderAdminPlace(admin)}: is it of this version?`);
  const verdict = reply.body;
  terminal.out(renderRows(rowsOf(verdict, config)));
  terminal.end(verdict.outcome === 'admitted' ? EXIT_CODES.done : codeFor(verdict.candidate.code));
}

function rowsOf(verdict: ReloadAnswer, config: string): readonly Row[] {
  const instant = (text: string): string => renderInstant(Date.parse(text), verdict.timezone);
  if (verdict.outcome === 'refused') {
    const runs = verdict.digest === null ? 'nothing: everything is withheld' : verdict.digest;
    return [...candidateRows(verdict.candidate, { config, instant }), { label: 'still runs', text: runs }];
  }
  const { digest, generation, direction, messages, witnesses, breakGlassUntil, restartNeeded } = verdict;
  return [
    { label: 'admitted', text: `${direction}, generation ${generation}` },
    ...messages.map((text) => ({ label: 'change', text })),
    ...witnesses.map(({ url, header }) => ({ label: 'example', text: `${url} ${header}` })),
    { label: 'now runs', text: digest },
    ...(breakGlassUntil === null ? [] : [{ label: 'break-glass', text: `until ${instant(breakGlassUntil)}` }]),
    ...(restartNeeded.length === 0
      ? []
      : [{ label: 'warning', text: `a restart is needed for ${restartNeeded.join(', ')}` }]),
  ];
}

function codeFor(code: RefusalCode): ExitCode {
  switch (code) {
    case 'not-approved':
    case 'no-baseline':
      return EXIT_CODES.widening;
    case 'never-set':
    case 'ceiling':
      return EXIT_CODES.neverSet;
    case 'invalid':
    case 'tests':
    case 'generation':
    case 'state':
    case 'workers':
      return EXIT_CODES.failed;
    default:
      return code satisfies never;
  }
}

function isVerdict(body: unknown): body is ReloadAnswer {
  const { outcome, timezone, candidate, messages } = (body ?? {}) as {
    readonly outcome?: unknown;
    readonly timezone?: unknown;
    readonly candidate?: { readonly messages?: unknown };
    readonly messages?: unknown;
  };
  if (typeof timezone !== 'string') return false;
  return outcome === 'admitted' ? Array.isArray(messages) : outcome === 'refused' && Array.isArray(candidate?.messages);
}
