// The result as a picture: what a small request costs in each proxy, and the gateway's ratios in each row. Drawn by hand as SVG from
// the report, readable on light and on dark ground.
const WIDTH = 860;
const LEFT = 300;
const RIGHT = 90;
const LINE = 24;
const STYLE = `
  svg { --ground: #ffffff; --ink: #1c2430; --dim: #5c6878; --rule: #dfe4ea; --ours: #0b6e5f; --theirs: #9aa7b6; --other: #b4540a; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #12171d; --ink: #e8edf3; --dim: #9fabb9; --rule: #2c3641; --ours: #3fc1a9; --theirs: #66758a; --other: #f0985a; }
  }
  .ground { fill: var(--ground); } text { fill: var(--ink); font: 13px system-ui, sans-serif; }
  .head { font-size: 15px; font-weight: 600; } .dim { fill: var(--dim); font-size: 12px; } .end { text-anchor: end; } .mid { text-anchor: middle; }
  .ours { fill: var(--ours); } .theirs { fill: var(--theirs); } .other { fill: var(--other); }
  .rule { stroke: var(--rule); } .one { stroke: var(--dim); stroke-dasharray: 4 3; }
  .spread-ours { stroke: var(--ours); stroke-width: 2; } .spread-theirs { stroke: var(--theirs); stroke-width: 2; } .spread-other { stroke: var(--other); stroke-width: 2; }`;

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const at = (value) => value.toFixed(1);
const text = (x, y, words, classes = '') =>
  `<text x="${at(x)}" y="${at(y)}" class="${classes}">${escaped(words)}</text>`;
const line = (x1, y1, x2, y2, classes) =>
  `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${classes}"/>`;

const RATIOS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 30, 50, 100];

/** A logarithmic scale that holds all values, and its ticks: equal steps are equal factors. */
function scaleOf(values, ticks) {
  const least = ticks.findLast((tick) => tick <= Math.min(...values)) ?? ticks[0];
  const most = ticks.find((tick) => tick >= Math.max(...values)) ?? ticks.at(-1);
  const x = (value) => LEFT + (Math.log(value / least) / Math.log(most / least)) * (WIDTH - LEFT - RIGHT);
  return { x, ticks: ticks.filter((tick) => tick >= least && tick <= most) };
}

function gridOf({ x, ticks }, top, bottom) {
  return ticks.flatMap((tick) => [
    line(x(tick), top + 28, x(tick), bottom, tick === 1 ? 'one' : 'rule'),
    text(x(tick), top + 22, String(tick), 'dim mid'),
  ]);
}

function markOf(x, y, { median, lower, upper }, kind) {
  const mark =
    kind === 'other'
      ? `<rect x="${at(x(median) - 4)}" y="${at(y - 4)}" width="8" height="8" class="other"/>`
      : `<circle cx="${at(x(median))}" cy="${at(y)}" r="4.5" class="${kind}"/>`;
  return [line(x(lower), y, x(upper), y, `spread-${kind}`), mark];
}

const COSTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** What a request costs in each proxy, from the cheapest to the dearest, with quartiles; sound rows alone. */
function costsOf({ scenario, proxies }, top) {
  const sound = proxies.filter((proxy) => proxy.void === undefined).sort((a, b) => a.cost.median - b.cost.median);
  if (sound.length === 0) return { parts: [], bottom: top };
  const scale = scaleOf(
    sound.flatMap(({ cost }) => [cost.lower, cost.upper]),
    COSTS,
  );
  const bottom = top + 38 + sound.length * LINE;
  const parts = [text(20, top, `CPU per request, µs: ${scenario.title}`, 'head'), ...gridOf(scale, top, bottom)];
  sound.forEach(({ name, cost }, i) => {
    const y = top + 38 + i * LINE;
    parts.push(
      text(LEFT - 10, y + 13, name, 'end'),
      ...markOf(scale.x, y + 9, cost, name.startsWith('headgate') ? 'ours' : 'theirs'),
      text(scale.x(cost.upper) + 10, y + 13, cost.median.toFixed(1), 'dim'),
    );
  });
  return { parts, bottom };
}

/** The gateway's ratio to each of two peers in each row that has them, with quartiles, on a logarithmic scale. */
function ratiosOf(rows, top) {
  const peers = [
    ['haproxy', 'ours'],
    ['nginx', 'other'],
  ];
  const found = rows.flatMap(({ scenario, proxies }) => {
    const isSound = (name) => proxies.some((proxy) => proxy.name === name && proxy.void === undefined);
    const ours = proxies.find(({ name }) => name === 'headgate');
    if (!isSound('headgate') || ours.ratios === undefined) return [];
    const marks = peers.flatMap(([name, kind]) => {
      const ratio = isSound(name) ? ours.ratios[name] : undefined;
      return ratio === undefined || ratio === null ? [] : [{ kind, ...ratio }];
    });
    return marks.length === 0 ? [] : [{ title: scenario.title, marks }];
  });
  if (found.length === 0) return { parts: [], bottom: top };
  const values = found.flatMap(({ marks }) => marks.flatMap(({ lower, upper }) => [lower, upper]));
  const scale = scaleOf([0.7, 1.5, ...values], RATIOS);
  const bottom = top + 38 + found.length * LINE;
  const parts = [
    text(20, top, 'headgate’s CPU, as a multiple of a peer’s', 'head'),
    `<circle cx="${WIDTH - 265}" cy="${top - 4}" r="5" class="ours"/>`,
    text(WIDTH - 254, top, 'of HAProxy’s'),
    `<rect x="${WIDTH - 155}" y="${top - 9}" width="9" height="9" class="other"/>`,
    text(WIDTH - 140, top, 'of nginx’s'),
    ...gridOf(scale, top, bottom),
  ];
  found.forEach(({ title, marks }, i) => {
    const y = top + 38 + i * LINE;
    parts.push(text(LEFT - 10, y + 13, title.length > 44 ? `${title.slice(0, 43)}…` : title, 'end'));
    for (const { kind, ...ratio } of marks) parts.push(...markOf(scale.x, y + (kind === 'ours' ? 5 : 13), ratio, kind));
  });
  return { parts, bottom };
}

/** An SVG document; `report` as main.mjs saves it. */
export function plotOf({ rows, machine, rounds, milliseconds }) {
  const first = rows.find(({ scenario }) => scenario.name === 'stranger');
  const costs = first === undefined ? { parts: [], bottom: -6 } : costsOf(first, 34);
  const ratios = ratiosOf(rows, costs.bottom + 40);
  const height = ratios.bottom + 44;
  const about = `${machine.date.slice(0, 10)}, ${machine.processor}, Node ${machine.node.slice(1)}; ${rounds} rounds of ${milliseconds} ms; medians and quartiles`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${at(height)}" width="${WIDTH}" height="${at(height)}" role="img">`,
    '<title>CPU per request, headgate beside its peers</title>',
    `<style>${STYLE}\n</style>`,
    `<rect width="${WIDTH}" height="${at(height)}" class="ground"/>`,
    ...costs.parts,
    ...ratios.parts,
    text(20, height - 16, about, 'dim'),
    '</svg>',
    '',
  ].join('\n');
}
