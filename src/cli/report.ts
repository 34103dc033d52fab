// `headgate report`: the incident report of a period, made from what gateways kept. Changes nothing and contacts nobody.
import { Option } from 'commander';
import { headgateVersion } from '../control/version.js';
import { calendarOf } from '../policy/calendar.js';
import { reportOf } from '../report/incident.js';
import { renderReportHtml } from '../report/report-html.js';
import { renderReportMarkdown } from '../report/report-markdown.js';
import type { Report } from '../report/report.js';
import { EXIT_CODES } from './exit-codes.js';
import { foundForReport, type ReportPlace } from './report-found.js';
import { oneLine } from './shell-words.js';
import type { Terminal, Verb } from './terminal.js';

type Format = 'md' | 'html' | 'json';

interface Options extends ReportPlace {
  readonly from: string;
  readonly to?: string;
  readonly timezone: string;
  readonly partner?: string;
  readonly host?: string;
  readonly digest?: string;
  readonly awareAt?: string;
  readonly jurisdiction: 'uk' | 'eu';
  readonly format: Format;
}

export const reportVerb: Verb = (program, terminal) => {
  program
    .command('report')
    .description(
      'write the incident report: who received what of how many, through which change, since when, by when to tell whom',
    )
    .requiredOption('--from <time>', 'from a day or an instant on')
    .option('--to <time>', 'to an instant, or a day, whole; default: now')
    .option('--config <file>', 'the settings file of the gateway')
    .option('--state <folder...>', 'state folders in place of it: one, or those of several gateways')
    .option('--approvals <folder>', 'where approvals lie; default: as the settings say')
    .option('--partner <id>', 'what this partner received alone')
    .option('--host <host>', 'what this host, or this registrable domain, received alone')
    .option('--digest <digest>', 'what this policy released, and what it added; its first characters are enough')
    .option('--aware-at <time>', 'when somebody knew; default: no later than the oldest trace of it')
    .addOption(new Option('--jurisdiction <law>', 'whose clocks and notices').choices(['uk', 'eu']).default('uk'))
    .option('--timezone <zone>', 'of days that are given', 'UTC')
    .addOption(new Option('--format <format>', 'how it is written').choices(['md', 'html', 'json']).default('md'))
    .action((options: Options) => run(options, terminal));
};

async function run(options: Options, terminal: Terminal): Promise<void> {
  const now = Date.now();
  const from = momentOf(options, 'from', terminal);
  const until = options.to === undefined ? now : momentOf(options, 'to', terminal);
  const awareAt = options.awareAt === undefined ? null : momentOf(options, 'aware-at', terminal);
  if (from === undefined || until === undefined || awareAt === undefined) return;
  if (from >= until) {
    terminal.err('error: the period ends before it begins: `--from` comes before `--to`\n');
    terminal.end(EXIT_CODES.usage);
    return;
  }
  const { partner, host, digest, jurisdiction } = options;
  const filter = {
    ...(partner === undefined ? {} : { partner }),
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    ...(digest === undefined ? {} : { digest: digest.toLowerCase() }),
  };
  const found = await foundForReport(options, { period: { from, until }, filter }, terminal);
  if (found === undefined) return;
  const version = headgateVersion();
  const report = reportOf({ ...found, period: { from, until }, filter, jurisdiction, awareAt, now, version });
  terminal.out(rendered(report, options.format));
  terminal.end(EXIT_CODES.done);
}

function rendered(report: Report, format: Format): string {
  switch (format) {
    case 'md':
      return renderReportMarkdown(report);
    case 'html':
      return renderReportHtml(report);
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`;
    default:
      return format satisfies never;
  }
}

/** Undefined after it has printed why and ended with 64. */
function momentOf(options: Options, option: 'from' | 'to' | 'aware-at', terminal: Terminal): number | undefined {
  const written = { from: options.from, to: options.to, 'aware-at': options.awareAt }[option] ?? '';
  const calendar = calendarOf(options.timezone);
  const moment = calendar?.momentOf(written, option === 'to' ? 'until' : 'from');
  if (moment !== undefined) return moment;
  terminal.err(
    calendar === undefined
      ? `error: \`--timezone ${oneLine(options.timezone)}\` is no time zone: it takes a name like Europe/London\n`
      : `error: \`--${option} ${oneLine(written)}\` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n`,
  );
  terminal.end(EXIT_CODES.usage);
  return undefined;
}
