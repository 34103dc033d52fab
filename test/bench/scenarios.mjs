// The rows of the table, as data: a new workload is a new entry here.

/**
 * `hosts`: whose hosts are asked for (`names.mjs`); `enriched`: whether requests carry the two identity fields;
 * `connections`: kept open by the load. Rows without `isDefault` run when `--rows=` names them.
 */
export const SCENARIOS = [
  {
    name: 'stranger',
    title: 'enriched, to a stranger: strip',
    hosts: 'strangers',
    enriched: true,
    connections: 64,
    isDefault: true,
  },
  {
    name: 'partner',
    title: 'enriched, to a partner: release',
    hosts: 'partners',
    enriched: true,
    connections: 64,
    isDefault: true,
  },
  { name: 'plain', title: 'not enriched, to a stranger', hosts: 'strangers', enriched: false, connections: 64 },
  {
    name: 'one-connection',
    title: 'enriched, to a stranger, one connection',
    hosts: 'strangers',
    enriched: true,
    connections: 1,
  },
];
