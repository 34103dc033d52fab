// A policy file becomes a policy, or a list of all that is wrong with it. Nothing is repaired and nothing is left out silently.
import { DOCUMENT_LIMITS, type DocumentLimits } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import { listed } from '../document/listed.js';
import type { Outcome } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { validate } from '../document/validate.js';
import { calendarOf, type Calendar } from './calendar.js';
import { complain, lastDay, periodOf, type CompileContext } from './compile-context.js';
import { compileHosts } from './compile-hosts.js';
import { compileNumbers, compileOwnHeaders, compileWatch } from './compile-identity.js';
import { compilePartners } from './compile-partners.js';
import { compileSuppressions } from './compile-suppressions.js';
import { digestOf, effectivePolicyOf } from './effective.js';
import { placesOf, type Places } from './places.js';
import type { Deny, Policy } from './policy.js';
import { POLICY_SCHEMA, type PolicyFile } from './schema.js';

export interface CompileOptions {
  /** Milliseconds since the epoch: against it `until` is judged, and nothing else. */
  readonly now: number;
  /** Years that an `until` may lie ahead. Default 3, which is also the most. */
  readonly maxYears?: number;
  readonly limits?: DocumentLimits;
}

export interface Compiled {
  /** Frozen, plain, JSON-safe; its lists are in the order of the file. */
  readonly policy: Policy;
  /** Of the effective policy without gated settings and keys. */
  readonly digest: string;
  readonly places: Places;
}

const MAX_YEARS = 3;
/** Stands in for a zone that is none, so that days are judged all the same. */
const UTC: Calendar = { momentOf: (text, edge) => calendarOf('UTC')?.momentOf(text, edge) };

/** The policy of a YAML text. Warnings may stand beside it. Codes: docs/problems.md. */
export function compilePolicy(source: Source, options: CompileOptions): Outcome<Compiled> {
  const document = parseDocument(source, options.limits ?? DOCUMENT_LIMITS);
  if (!document.ok) return document;
  const maxYears = Math.min(options.maxYears ?? MAX_YEARS, MAX_YEARS);
  const latestUntil = latestUntilOf(options.now, maxYears);
  const file = validate(document.value, POLICY_SCHEMA, {
    plainDates: ['from', 'until'],
    missingKeys: {
      until: {
        code: 'until-missing',
        help: `every release has a last day, at most ${maxYears} years ahead: \`until: ${lastDay({ latestUntil })}\` or sooner`,
      },
    },
  });
  if (!file.ok) return file;

  const timezone = file.value.timezone ?? 'UTC';
  const calendar = calendarOf(timezone);
  const context: CompileContext = {
    document: document.value,
    calendar: calendar ?? UTC,
    maxYears,
    latestUntil,
    problems: [],
  };
  if (calendar === undefined) {
    complain(context, ['timezone'], {
      code: 'timezone-unknown',
      message: `\`${timezone}\` is no time zone that is known here: it takes an IANA name`,
      help: 'for example `Europe/London`, `UTC`',
    });
  }
  const policy = frozen(policyOf(context, file.value));
  const { problems } = context;
  if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems: listed(problems) };
  return {
    ok: true,
    value: { policy, digest: digestOf(effectivePolicyOf(policy)), places: placesOf(document.value) },
    problems,
  };
}

function policyOf(context: CompileContext, file: PolicyFile): Policy {
  const headers = compileOwnHeaders(context, file.identity?.headers ?? []);
  const watch = compileWatch(context, file.identity?.watch ?? [], headers);
  const partners = compilePartners(context, file.partners ?? [], { headers, watch });
  judgeReleasesNothing(context, file);
  return {
    version: 1,
    timezone: file.timezone ?? 'UTC',
    headers,
    watch,
    numbers: compileNumbers(context, file.identity?.numbers ?? []),
    detection: {
      exact: file.detection?.exact ?? 'withhold',
      numbers: file.detection?.numbers ?? 'count',
      hints: file.detection?.hints ?? 'count',
      novelty: file.detection?.novelty ?? 'quarantine',
    },
    partners,
    deny: (file.deny ?? []).map((item, index) => compileDeny(context, index, item)),
    suppressions: compileSuppressions(context, file.suppressions ?? [], { headers, watch }),
    releasesNothing: file.releasesNothing ?? false,
  };
}

function compileDeny(context: CompileContext, index: number, item: NonNullable<PolicyFile['deny']>[number]): Deny {
  const path = ['deny', index];
  return {
    hosts: compileHosts(context, [...path, 'hosts'], item.hosts, 'deny'),
    reason: item.reason,
    listeners: item.listeners ?? null,
    period: periodOf(context, path, { ...item, isBounded: false }),
  };
}

function judgeReleasesNothing(context: CompileContext, file: PolicyFile): void {
  const count = file.partners?.length ?? 0;
  if (count === 0 && file.releasesNothing !== true) {
    complain(context, ['partners'], {
      code: 'releases-nothing',
      message: 'no partner is listed: a policy that releases nothing says so',
      help: 'write `releasesNothing: true`',
    });
  } else if (count > 0 && file.releasesNothing === true) {
    complain(context, ['releasesNothing'], {
      code: 'releases-nothing',
      message: `\`releasesNothing\` is true, and ${count} ${count === 1 ? 'partner is' : 'partners are'} listed`,
      help: 'take it out, or the partners',
    });
  }
}

/** The end of the same day `years` later, in whatever zone that day is. */
function latestUntilOf(now: number, years: number): number {
  const day = new Date(now);
  return Date.UTC(day.getUTCFullYear() + years, day.getUTCMonth(), day.getUTCDate() + 2);
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
