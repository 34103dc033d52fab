// What the sites received and what was held back on the O2 day, by gateway, from the enricher's log and the sites' own: nothing of it is
// asked of a gateway, but for the canary's probes past the enricher that arrive without what was planted.
import { PARTNER, PAY } from './canary-world.js';
import type { Crossing } from './crossings.js';
import { ALONE_NAME, BESIDE_NAME } from './switched-enricher.js';

/** One header of one request that a site received by right. */
export interface ReleaseFact extends Crossing {
  readonly partner: string;
  readonly header: string;
  readonly form: string;
}

/** One field that is no header of identity, with identity in it. */
export interface LeakFact extends Crossing {
  /** null: a stranger. */
  readonly partner: string | null;
  /** In small letters. */
  readonly field: string;
  readonly outcome: 'contained' | 'counted';
}

export interface Facts {
  readonly releases: readonly ReleaseFact[];
  readonly leaks: readonly LeakFact[];
  /** Requests that were answered and arrived nowhere, though no gateway refused them. */
  readonly lost: readonly Crossing[];
}

/** The planted header that names its probe. */
const PLANTED = 'X-Canary-Ref';
const FIELDS: Readonly<Record<string, string>> = { alone: ALONE_NAME, beside: BESIDE_NAME };
const REFUSED_BY_THE_SECOND_LOOK = 502;

/** Of what went through the whole gateway; past the enricher it does. `isNews`: whose sites the approved policy names. */
export function factsOfWhole(crossings: readonly Crossing[], isNews: (host: string) => boolean): Facts {
  const through = crossings.filter(({ sent }) => sent === null || sent.to === 'gateway');
  const partnerOf = ({ host, received }: Crossing): string => {
    if (host === PAY) return 'pay';
    if (host === PARTNER && received?.host === PARTNER) return 'canary';
    return isNews(host) ? 'news' : 'nobody';
  };
  return {
    releases: through.flatMap((crossing) =>
      ['X-MSISDN', 'X-IMSI'].flatMap((header) => {
        const value = crossing.received?.fields[header] ?? '';
        const form = value.startsWith('test.') ? 'pseudonym' : 'unchanged';
        return value === '' ? [] : [{ ...crossing, partner: partnerOf(crossing), header, form }];
      }),
    ),
    leaks: through.flatMap((crossing): readonly LeakFact[] => {
      const field = FIELDS[crossing.sent?.day ?? ''];
      const arrived = (name: string): boolean => (crossing.received?.fields[name] ?? '') !== '';
      // The approved policy is not in force on the days on which the network adds names.
      const partner = crossing.host === PAY ? 'pay' : crossing.host === PARTNER ? 'canary' : null;
      const found = (name: string, outcome: LeakFact['outcome']): LeakFact => ({
        ...crossing,
        ...{ partner, field: name.toLowerCase(), outcome },
      });
      return [
        ...(field === undefined ? [] : [found(field, arrived(field) ? 'counted' : 'contained')]),
        ...(arrived(PLANTED) ? [found(PLANTED, 'counted')] : []),
      ];
    }),
    lost: through.filter(({ received }) => received === null),
  };
}

/** Of the gateway whose filter is broken: it refuses whatever its second look finds, which names the first field of identity. */
export function factsOfBroken(crossings: readonly Crossing[]): Facts {
  const through = crossings.filter(({ sent }) => sent?.to === 'broken');
  const refused = through.filter(({ sent }) => sent?.status === REFUSED_BY_THE_SECOND_LOOK);
  return {
    releases: through.flatMap((crossing) =>
      ['X-MSISDN', 'X-IMSI']
        .filter((header) => (crossing.received?.fields[header] ?? '') !== '')
        .map((header) => ({ ...crossing, partner: 'nobody', header, form: 'unchanged' })),
    ),
    leaks: refused.map((crossing) => ({
      ...crossing,
      partner: crossing.host === PAY ? 'pay' : crossing.host === PARTNER ? 'canary' : null,
      field: crossing.host === PAY || crossing.host === PARTNER ? 'x-imsi' : 'x-msisdn',
      outcome: 'contained',
    })),
    lost: through.filter((crossing) => crossing.received === null && !refused.includes(crossing)),
  };
}
