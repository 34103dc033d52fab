// What the ledger says of the period, turned into what a report tells: recipients, data, leaks. Every count is one that may be said.
import { figuresOf, type Figures } from '../ledger/figures.js';
import type { ReleaseCell } from '../ledger/ledger-cell.js';
import type { LedgerReading, Within } from '../ledger/ledger-reading.js';
import { byPeople, type People } from '../ledger/people.js';
import { recipientsOf } from '../ledger/recipients.js';
import { keyOf } from '../names/key.js';
import { catalogueIdentityOf } from '../policy/catalogue.js';
import type { Policy } from '../policy/policy.js';
import { CARRIES } from '../policy/register.js';
import { countOfPeople, countOfReleases } from './count.js';
import { instantOf } from './moment.js';
import type { Count, ExposedData, LeakSum, LeftLeaks, ReportLeak, ReportRecipient } from './report.js';

const LEDGER = 'ledger';

type Cells = readonly Within<ReleaseCell>[];

export function recipientsTold(releases: Cells): readonly ReportRecipient[] {
  return recipientsOf({ releases }).map(({ domain, partners, hosts, released, ...figures }) => ({
    domain,
    partners,
    hosts,
    headers: released.map(({ header, form }) => `${header} (${form})`),
    ...countsOf(figures),
    first: instantOf(figures.first ?? 0),
    last: instantOf(figures.last ?? 0),
    source: LEDGER,
  }));
}

/** One for each header and form, the most people first. */
export function dataTold(releases: Cells, policies: readonly Policy[]): readonly ExposedData[] {
  return groupsOf(releases, ({ header, form }) => `${header}\n${form}`)
    .map((cells): ExposedData & { readonly order: People } => {
      const [first] = cells;
      const { header = '', form = '' } = first ?? {};
      const figures = figuresOf(cells);
      return { header, form, ...whatOf(cells, policies), ...countsOf(figures), order: figures.people };
    })
    .sort((a, b) => byPeople(a.order, b.order) || compare(a.header, b.header))
    .map(({ order: _order, ...data }) => data);
}

export function leaksTold({ leaks }: Pick<LedgerReading, 'leaks'>): readonly ReportLeak[] {
  return groupsOf(leaks, ({ place, partner, field, detector, outcome }) =>
    JSON.stringify([place, partner, field, detector, outcome]),
  )
    .flatMap((cells) => {
      const [first] = cells;
      return first === undefined ? [] : [{ first, figures: figuresOf(cells) }];
    })
    .sort(
      (a, b) =>
        rankOf(a.first.outcome) - rankOf(b.first.outcome) ||
        byPeople(a.figures.people, b.figures.people) ||
        compare(a.first.place, b.first.place),
    )
    .map(({ first: { place, partner, field, detector, outcome }, figures }) => ({
      domain: place,
      partner,
      field,
      detector,
      outcome,
      ...spanOf(figures),
    }));
}

/** In the order of `leaksTold`. */
export function leakSumsTold({ leaks }: Pick<LedgerReading, 'leaks'>): readonly LeakSum[] {
  return groupsOf(leaks, ({ field, detector, outcome }) => JSON.stringify([field, detector, outcome]))
    .flatMap((cells) => {
      const [first] = cells;
      return first === undefined ? [] : [{ first, cells, figures: figuresOf(cells) }];
    })
    .sort(
      (a, b) =>
        rankOf(a.first.outcome) - rankOf(b.first.outcome) ||
        byPeople(a.figures.people, b.figures.people) ||
        compare(a.first.field, b.first.field),
    )
    .map(({ first: { field, detector, outcome }, cells, figures }) => ({
      field,
      detector,
      outcome,
      domains: domainsOf(cells),
      ...spanOf(figures),
    }));
}

/** The canary's numbers are nobody's, and a name that sounds like identity is none. */
export function leftTold({ leaks }: Pick<LedgerReading, 'leaks'>): LeftLeaks | null {
  const cells = leaks.filter(
    ({ outcome, detector }) => outcome !== 'contained' && detector !== 'canary' && detector !== 'hint',
  );
  if (cells.length === 0) return null;
  const fields = [...new Set(cells.map(({ field }) => field))].sort();
  return { fields, domains: domainsOf(cells), ...spanOf(figuresOf(cells)) };
}

function domainsOf(cells: LedgerReading['leaks']): number {
  return new Set(cells.map(({ place }) => place)).size;
}

function spanOf(figures: Figures): Omit<LeftLeaks, 'fields' | 'domains'> {
  const { first, last } = figures;
  return { ...countsOf(figures), first: instantOf(first ?? 0), last: instantOf(last ?? 0), source: LEDGER };
}

export function countsOf({ requests, people }: Figures): { readonly releases: Count; readonly people: Count } {
  return { releases: countOfReleases(requests, LEDGER), people: countOfPeople(people, LEDGER) };
}

/** By code unit: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What has left first, then what was held, then what was only counted. */
function rankOf(outcome: string): number {
  return ['escaped', 'contained', 'counted'].indexOf(outcome);
}

function whatOf(
  cells: Cells,
  policies: readonly Policy[],
): Pick<ExposedData, 'carries' | 'unintelligible' | 'text' | 'source'> {
  const { header = '', form = '' } = cells[0] ?? {};
  const key = keyOf(header);
  const rules = policies.flatMap(({ partners }) =>
    partners
      .filter(({ id }) => cells.some(({ partner }) => partner === id))
      .flatMap(({ release }) => release.filter((rule) => rule.key === key && rule.form === form)),
  );
  const own = policies.flatMap(({ headers }) => headers.filter((each) => each.kind === 'name' && each.key === key))[0];
  const known = rules[0]?.class ?? own?.carries ?? catalogueIdentityOf(key)?.class;
  const carries = known === undefined ? 'not known' : CARRIES[known];
  const source = rules.length > 0 ? 'ledger; policies' : known === undefined ? LEDGER : 'ledger; catalogue';
  if (form === 'pseudonym') {
    const keys = [...new Set(rules.flatMap(({ keyIds }) => keyIds))].map((id) => `\`${id}\``);
    const under = keys.length === 0 ? 'a key that is not known any more' : `key ${keys.join(' and ')}`;
    const text = `HMAC-SHA-256 under ${under}, another one for each partner: unintelligible as long as the key was held secret; the recipient can tell a returning subscriber`;
    return { carries, unintelligible: 'yes', text, source };
  }
  if (known === 'msisdn' || known === 'imsi_imei' || known === 'location' || known === 'address') {
    const text = 'as the network wrote it; headgate neither encrypted nor hashed it';
    return { carries, unintelligible: 'no', text, source };
  }
  const text = 'as the network wrote it; whether others can read it, the network’s enricher knows';
  return { carries, unintelligible: 'not known', text, source };
}

function groupsOf<T>(cells: readonly T[], keyOfCell: (cell: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const cell of cells) {
    const key = keyOfCell(cell);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}
