// The fleet as lines of a terminal: what is wrong stands above the table, and what to type below it. Decides nothing.
import type { FleetAnswer, ListedReplica } from '../control/admin-actions.js';
import { renderColumns } from './columns.js';
import { oneLine, shellWord } from './shell-words.js';

const DRIFTS: Readonly<Record<Exclude<ListedReplica['drift'], 'refused'>, string>> = {
  digest: 'ANOTHER POLICY',
  generation: 'older generation',
  workers: 'not all workers',
  none: '-',
};

/** Lines ended by line feeds. */
export function renderFleet(answer: FleetAnswer, config: string): string {
  const { replicas } = answer;
  const rows = replicas.map((replica) => [
    `${replica.name}${replica.self ? ' (asked)' : ''}`,
    replica.digest === null ? 'none' : replica.digest.slice(0, 7),
    driftOf(replica),
    replica.generation,
    replica.since?.replace(/\.\d{3}Z$/, 'Z') ?? '-',
    replica.silent ? `SILENT ${replica.ageSeconds} s` : `${replica.ageSeconds} s`,
    lockdownOf(replica),
    replica.leaks,
    replica.version,
  ]);
  const heading = ['replica', 'policy', 'drift', 'generation', 'since', 'heard', 'lockdown', 'leaks', 'version'];
  return [
    `${headlineOf(answer)}\n`,
    ...problemsOf(answer).map((text) => `warning: ${oneLine(text)}\n`),
    '\n',
    renderColumns([heading, ...rows]),
    ...lockdownWords(replicas, config),
  ].join('');
}

function headlineOf({ kind, digest, digests, replicas }: FleetAnswer): string {
  if (kind === 'embedded') return 'one gateway that shares nothing: the setting `redis` is not there';
  const heard = replicas.filter(({ silent }) => !silent).length;
  const silent = replicas.length - heard;
  const one = heard === 1 ? '1 replica runs' : `${heard} replicas run`;
  const what =
    digests > 1 ? `${digests} POLICIES` : digest === null ? 'no policy: everything is withheld' : `policy ${digest}`;
  return `${one} ${what}${silent === 0 ? '' : `; ${silent} ${silent === 1 ? 'is' : 'are'} SILENT`}`;
}

function problemsOf({ kind, connected, problems, lastExchange, highestGeneration, replicas }: FleetAnswer): string[] {
  if (kind === 'embedded') return [];
  const highest = Math.max(0, ...replicas.map(({ generation }) => generation));
  return [
    ...(connected
      ? []
      : [
          `Redis does not answer: the table is of ${lastExchange ?? 'never'}, and a lockdown must be set on each replica`,
        ]),
    ...problems,
    ...(highestGeneration > highest
      ? [`generation ${highestGeneration} was told once, and no replica here has it: which baseline is missing?`]
      : []),
  ];
}

function driftOf({ drift, refused }: ListedReplica): string {
  const says = drift === 'refused' ? undefined : DRIFTS[drift];
  if (refused === null) return says ?? '-';
  const why = `refused: ${refused}`;
  return says === undefined || says === '-' ? why : `${says}, ${why}`;
}

function lockdownOf({ lockdown: { all, partners } }: ListedReplica): string {
  if (all) return 'EVERYONE';
  if (partners.length === 0) return 'off';
  return partners.length > 3 ? `${partners.length} partners` : partners.join(' ');
}

/** A lockdown is ended on each replica, by a person there. */
function lockdownWords(replicas: readonly ListedReplica[], config: string): readonly string[] {
  const scopes = new Map<string | null, string[]>();
  for (const { name, lockdown } of replicas) {
    for (const scope of [...(lockdown.all ? [null] : []), ...lockdown.partners]) {
      scopes.set(scope, [...(scopes.get(scope) ?? []), name]);
    }
  }
  return [...scopes].slice(0, 5).flatMap(([partner, names]) => {
    const option = partner === null ? '' : ` --partner ${shellWord(partner)}`;
    const whom = partner === null ? 'everyone' : `partner ${oneLine(partner)}`;
    return [
      `\nlockdown is on for ${whom} at ${names.join(', ')}; to end it, on each of them:\n`,
      `  headgate lockdown off${option} --reason TEXT --config ${shellWord(config)}\n`,
    ];
  });
}
