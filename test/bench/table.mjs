// The result as people read it: one Markdown table per row of SCENARIOS, the same in the terminal and in docs/performance.md.
import { ratioOf, spreadOf } from './statistics.mjs';

const LEAST_IDLE = 0.2;

const spread = (value, digits) =>
  value === null
    ? '-'
    : `${value.median.toFixed(digits)} (${value.lower.toFixed(digits)}-${value.upper.toFixed(digits)})`;
const median = (segments, key) => spreadOf(segments.map((segment) => segment[key]))?.median ?? 0;

function rowOf(name, result, against) {
  const segments = result.segments[name];
  const ratios = against.map((other) => spread(ratioOf(segments, result.segments[other]), 2));
  const idle = segments.map((segment) => segment.idle).filter((share) => share !== null);
  const isVoid = idle.length > 0 && spreadOf(idle).median < LEAST_IDLE;
  const cells = [
    name + (isVoid ? ' *' : ''),
    spread(spreadOf(segments.map(({ cpuMicroseconds }) => cpuMicroseconds)), 1),
    ...ratios,
    Math.round(median(segments, 'requestsPerSecond')).toLocaleString('en'),
    (median(segments, 'p99') / 1000).toFixed(2),
  ];
  return { text: `| ${cells.join(' | ')} |`, isVoid };
}

export function tableOf(result) {
  const names = Object.keys(result.segments);
  const against = ['haproxy', 'nginx', 'http-proxy'].filter((name) => names.includes(name));
  const heads = ['proxy', 'CPU µs/request', ...against.map((name) => `/ ${name}`), 'requests/s', 'p99 ms'];
  const rows = names.map((name) => rowOf(name, result, against));
  const note = rows.some(({ isVoid }) => isVoid)
    ? [
        '',
        `\\* load and origin had less than ${LEAST_IDLE * 100} % of their core idle: requests/s and p99 are theirs, not the proxy's.`,
      ]
    : [];
  return [
    `**${result.scenario.title}** (${result.scenario.connections} connections)`,
    '',
    `| ${heads.join(' | ')} |`,
    `|${heads.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`,
    ...rows.map(({ text }) => text),
    ...note,
  ].join('\n');
}

/** The line on machine, versions and method that stands beside every figure. */
export function aboutOf({ machine, pinned, rounds, seconds, seed }) {
  const { date, processor, kernel, node, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${versionIn(version)}`);
  const cores =
    pinned.proxy === null ? 'not pinned' : `proxy on core ${pinned.proxy}, load and origin on core ${pinned.load}`;
  return [
    `${date.slice(0, 10)}, ${processor}, ${kernel}, Node ${node.slice(1)}; ${programs.join(', ')}; ${cores};`,
    `${rounds} rounds of ${seconds} s, seed ${seed}. Medians, with quartiles in brackets; ratios are pair by pair.`,
  ].join('\n');
}

const versionIn = (text) => /\d+(?:\.\d+)+/.exec(text)?.[0] ?? text;
