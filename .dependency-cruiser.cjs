// The house's arrows (docs/house.md): who may import whom. `test/architecture.test.ts` runs these rules.
const PURE = 'wasm|names|sketch|telemetry|document|policy|http|decision|review|egress|change|ledger|report';

/** A folder may import itself and the folders named, nothing else of src/. */
const arrow = (from, to) => ({
  name: `${from}-imports-only-${to.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${from}/` },
  to: { path: '^src/', pathNot: `^src/(${[from, ...to].join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    arrow('names', []),
    arrow('sketch', []),
    arrow('telemetry', []),
    arrow('document', []),
    arrow('wasm', []),
    arrow('policy', ['document', 'names']),
    arrow('http', ['names']),
    arrow('change', ['policy', 'document', 'names']),
    arrow('decision', ['policy', 'http', 'names', 'sketch']),
    arrow('ledger', ['sketch']),
    arrow('review', ['decision', 'http', 'policy', 'document', 'names']),
    arrow('report', ['ledger', 'change', 'policy', 'document', 'names', 'sketch']),
    {
      name: 'egress-shares-no-code-with-the-decision',
      comment: 'the second look is worth something only because it was written twice',
      severity: 'error',
      from: { path: '^src/egress/' },
      to: { path: '^src/', pathNot: '^src/(egress/|policy/catalogue-data\\.ts$)' },
    },
    arrow('proxy', ['decision', 'egress', 'http', 'ledger', 'policy', 'names', 'sketch', 'telemetry']),
    arrow('fleet', ['ledger', 'change', 'policy', 'document', 'names', 'sketch', 'telemetry']),
    {
      name: 'only-one-file-imports-ioredis',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/fleet/redis-link\\.ts$' },
      to: { path: 'node_modules/ioredis' },
    },
    arrow('control', [
      'fleet',
      'change',
      'review',
      'proxy',
      'decision',
      'egress',
      'http',
      'ledger',
      'policy',
      'document',
      'names',
      'sketch',
      'telemetry',
    ]),
    arrow('canary', ['control', 'policy', 'document', 'names', 'telemetry', 'http']),
    arrow('demo', ['canary']),
    {
      name: 'pure-folders-import-no-io',
      comment:
        'node:crypto, node:net and node:url only, and of those the named functions that test/architecture.test.ts lists',
      severity: 'error',
      from: { path: `^src/(${PURE})/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|net|url)$' },
    },
    {
      name: 'only-document-imports-yaml',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/document/' },
      to: { path: '^(node_modules/)?yaml(/|$)' },
    },
    {
      name: 'only-one-file-imports-prom-client',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/control/metrics-registry\\.ts$' },
      to: { path: 'node_modules/prom-client' },
    },
    {
      name: 'only-one-file-imports-http-proxy',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/proxy/http-proxy-seam\\.ts$' },
      to: { path: 'node_modules/http-proxy/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(cli/main|webassembly\\.d)\\.ts$' },
      to: {},
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], mainFields: ['main', 'types'] },
  },
};
