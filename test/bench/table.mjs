// The result as people read it: one Markdown table per row of SCENARIOS, the same in the terminal and in docs/performance.md.
const spread = (value, digits) =>
  value === null
    ? '-'
    : `${value.median.toFixed(digits)} (${value.lower.toFixed(digits)}-${value.upper.toFixed(digits)})`;
/** From here on a neighbour is felt: ratios widen, and the figures say less. */
const DISTURBED = 0.05;
const whole = (value) => Math.round(value).toLocaleString('en');
/** A program's last words can be many. */
const oneLine = (words) =>
  words
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replaceAll('|', '/')
    .slice(0, 400);
const ms = (microseconds) => (microseconds === null ? '-' : (microseconds / 1000).toFixed(2));

/** Columns: a heading and what stands below it. A ratio to a proxy whose own figures are void is void too. */
function columnsOf({ scenario, proxies }) {
  const isSound = (name) => proxies.some((proxy) => proxy.name === name && proxy.void === undefined);
  const against = scenario.against.filter((name) => isSound(name));
  const to = (key) => (name) => [
    `${key === 'p99Ratios' ? 'p99 ' : ''}/ ${name}`,
    (proxy) => (proxy.name === name ? '1' : spread(proxy[key][name], 2)),
  ];
  return [
    [`CPU µs/${scenario.per}`, ({ cost }) => spread(cost, 1)],
    ...against.map(to('ratios')),
    [
      `${scenario.per === 'MiB' ? 'MiB' : 'requests'}/s`,
      ({ requestsPerSecond, heldTo }) => whole(requestsPerSecond.median) + (heldTo === null ? '' : ' °'),
    ],
    ['p50 ms', ({ p50 }) => ms(p50)],
    ['p99 ms', ({ p99 }) => ms(p99)],
    ['p99.9 ms', ({ p999 }) => ms(p999)],
    ...(scenario.perSecond === undefined ? [] : against.map(to('p99Ratios'))),
    ...(scenario.hasShares === true ? [['least share of a worker', ({ leastShare }) => spread(leastShare, 2)]] : []),
  ];
}

function memoryColumns() {
  return [
    ['KiB/connection', ({ bytesPerConnection }) => (bytesPerConnection / 1024).toFixed(1)],
    ['MiB before', ({ baseBytes }) => (baseBytes / 2 ** 20).toFixed(0)],
  ];
}

export function tableOf(report) {
  const { scenario, proxies } = report;
  const columns = scenario.memory === true ? memoryColumns() : columnsOf(report);
  const heads = ['proxy', ...columns.map(([head]) => head)];
  const rowOf = (proxy) =>
    proxy.void === undefined
      ? [proxy.name, ...columns.map(([, cellOf]) => cellOf(proxy))]
      : [proxy.name, `void: ${oneLine(proxy.void)}`, ...columns.slice(1).map(() => '')];
  const isHeld = proxies.some(({ heldTo, void: why }) => (heldTo ?? null) !== null && why === undefined);
  return [
    `**${scenario.title}** (\`${scenario.name}\`, ${scenario.connections.toLocaleString('en')} connections)`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`,
    ...proxies.map((proxy) => `| ${rowOf(proxy).join(' | ')} |`),
    ...(isHeld ? ['', '° held to this rate, so that load and origin had a fifth of their core idle.'] : []),
    ...(report.others > DISTURBED
      ? ['', `Disturbed: other programs took ${Math.round(report.others * 100)} % of the cores.`]
      : []),
  ].join('\n');
}

/** The line on machine, versions and method that stands beside every figure. */
export function aboutOf({ machine, pinned, rounds, starts, milliseconds, seed }) {
  const { date, processor, memoryGiB, kernel, node, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const cores =
    pinned.proxy === null ? 'not pinned' : `proxy on core ${pinned.proxy}, load and origin on core ${pinned.load}`;
  return [
    `${date.slice(0, 10)}, ${processor}, ${memoryGiB} GiB, ${kernel}, Node ${node.slice(1)}; ${programs.join(', ')}; ${cores};`,
    `${rounds} rounds of ${milliseconds} ms${starts > 1 ? ` over ${starts} starts of all proxies` : ''}, seed ${seed}. Medians, with quartiles in brackets; ratios are pair by pair.`,
  ].join('\n');
}
