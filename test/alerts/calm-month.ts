// Thirty days of a site on which nothing happens that anybody must know of: two gateways, a canary, a mirror, days and nights,
// restarts, changes of policy that take away. As input for `promtool test rules`; the seed is an argument, so a month can be had again.

const DAY_MINUTES = 24 * 60;

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Series {
  readonly series: string;
  readonly values: string;
}

export interface Month {
  /** Minutes between two values. */
  readonly stepMinutes: number;
  readonly series: readonly Series[];
}

export interface Asked {
  readonly seed: number;
  readonly days: number;
  /** One field at a stranger at noon of that day, so that the quiet of the others can be told from deafness. */
  readonly leakAtDay?: number;
  /** Minutes from one look of Prometheus to the next. Default: 2. */
  readonly stepMinutes?: number;
  /** When the first gateway is upgraded, minutes from the start; the second half an hour later. Default: on the tenth and the twentieth day. */
  readonly upgrades?: readonly number[];
  /** How many looks a gateway misses then. Default: 1. */
  readonly missed?: number;
}

export function calmMonth({
  seed,
  days,
  leakAtDay,
  stepMinutes = 2,
  upgrades = [10, 20].map((day) => day * DAY_MINUTES + 600),
  missed = 1,
}: Asked): Month {
  const random = randomOf(seed);
  const perDay = DAY_MINUTES / stepMinutes;
  const steps = days * perDay;
  const series: Series[] = [];
  const at = (job: string, instance: string): string => `job="${job}", site="lon-1", instance="${instance}"`;
  const add = (name: string, labels: string, valueAt: (step: number) => number | string): void => {
    const values = Array.from({ length: steps }, (_, step) => String(valueAt(step)));
    series.push({ series: `${name}{${labels}}`, values: values.join(' ') });
  };
  /** Between 0.15 at night and 1 in the evening, fewer on two days of seven, and never twice the same. */
  const tide = (step: number): number => {
    const hour = (step / perDay) * 24;
    const isWeekend = Math.floor(step / perDay) % 7 >= 5;
    const day = 0.575 + 0.425 * Math.sin(((hour - 14) / 24) * 2 * Math.PI);
    return day * (isWeekend ? 0.7 : 1) * (0.8 + 0.4 * random());
  };
  /** A counter that restarts at 0 with its process; `perStep` is what it counts at full tide in two minutes. */
  const counter = (name: string, labels: string, perStep: number, restarts: ReadonlySet<number>): void => {
    let value = 0;
    add(name, labels, (step) => {
      if (restarts.has(step)) value = 0;
      const due = ((perStep * stepMinutes) / 2) * tide(step);
      value += Math.floor(due) + (random() < due % 1 ? 1 : 0);
      return value;
    });
  };
  const digests = ['8c1f2ab', 'd00dfee', '0ddba11', 'b5b5b5b'].map((start) => start.padEnd(64, '0'));
  /** Once a week everybody has a new policy, the second gateway four minutes after the first. */
  const weekOf = (step: number, late: number): number =>
    Math.min(3, Math.floor(Math.max(0, step - late / stepMinutes) / (7 * perDay)));

  ['gw-1', 'gw-2'].forEach((instance, index) => {
    const labels = at('headgate', instance);
    // Upgraded one after the other; at its last missed look it is new.
    const begins = upgrades.map((minute) => Math.round((minute + index * 30) / stepMinutes));
    const away = new Set(begins.flatMap((step) => Array.from({ length: missed }, (_, look) => step + look)));
    const restarts = new Set(begins.map((step) => step + missed - 1));
    let startedAt = -86_400;
    add('up', labels, (step) => (away.has(step) ? 0 : 1));
    const unlessDown = (valueAt: (step: number) => number) => (step: number) => (away.has(step) ? '_' : valueAt(step));
    add('process_start_time_seconds', labels, (step) => {
      if (restarts.has(step)) startedAt = step * stepMinutes * 60;
      return startedAt;
    });
    digests.forEach((digest, week) => {
      add('headgate_policy_info', `${labels}, digest="${digest}", gate="admitted"`, (step) =>
        weekOf(step, index * 4) === week ? 1 : step > 0 && weekOf(step - 1, index * 4) === week ? 'stale' : '_',
      );
    });
    add('headgate_policy_in_force_timestamp_seconds', labels, (step) => weekOf(step, index * 4) * 7 * 86_400);
    for (const [name, value] of Object.entries({
      headgate_ready: 1,
      headgate_workers: 4,
      headgate_state_writable: 1,
      headgate_fleet_connected: 1,
      headgate_history_whole: 1,
      headgate_approval_unsigned: 0,
      headgate_policy_narrowings_held_up: 0,
      headgate_approval_needed_by_timestamp_seconds: 0,
      headgate_break_glass_until_timestamp_seconds: 0,
      headgate_network_leak_headers: 0,
      headgate_client_connections_limit: 20_000,
    })) {
      add(
        name,
        labels,
        unlessDown(() => value),
      );
    }
    for (const code of ['not-approved', 'invalid', 'state']) {
      add(
        'headgate_policy_candidate_refused',
        `${labels}, code="${code}"`,
        unlessDown(() => 0),
      );
    }
    for (const scope of ['all', 'partner'])
      add(
        'headgate_lockdown',
        `${labels}, scope="${scope}"`,
        unlessDown(() => 0),
      );
    // Each change takes one host pattern away.
    add(
      'headgate_exposure_releases',
      `${labels}, form="unchanged", pattern="exact"`,
      (step) => 12 - weekOf(step, index * 4),
    );
    for (const partner of ['acme-pay', 'agecheck']) {
      add('headgate_partner_until_timestamp_seconds', `${labels}, partner="${partner}"`, () => 200 * 86_400);
      const released = `${labels}, listener="internet", partner="${partner}", header="x-msisdn", form="unchanged"`;
      counter('headgate_released_headers_total', released, partner === 'agecheck' ? 8 : 400, restarts);
    }
    const internet = `${labels}, listener="internet"`;
    for (const [verdict, perStep] of [
      ['released', 400],
      ['stripped', 90_000],
      ['untouched', 4_000],
      ['refused', 60],
    ] as const) {
      counter('headgate_requests_total', `${internet}, verdict="${verdict}"`, perStep, restarts);
    }
    counter('headgate_refused_requests_total', `${internet}, why="syntax"`, 55, restarts);
    counter('headgate_refused_requests_total', `${internet}, why="pool-full"`, 3, restarts);
    // Chance: a run of digits in our ranges, a name that sounds like it, once in many thousands.
    counter(
      'headgate_leaked_headers_total',
      `${internet}, class="msisdn", detector="number", outcome="counted"`,
      2,
      restarts,
    );
    counter(
      'headgate_leaked_headers_total',
      `${internet}, class="unknown", detector="hint", outcome="counted"`,
      5,
      restarts,
    );
    // A canary's own, every round: it means to be found.
    counter(
      'headgate_leaked_headers_total',
      `${internet}, class="msisdn", detector="canary", outcome="contained"`,
      4,
      restarts,
    );
    for (const [detector, outcome] of [
      ['exact', 'contained'],
      ['exact', 'counted'],
      ['egress', 'contained'],
      ['canary', 'escaped'],
    ] as const) {
      const leakStep = leakAtDay === undefined || index > 0 ? Infinity : (leakAtDay + 0.5) * perDay;
      add(
        'headgate_leaked_headers_total',
        `${internet}, class="msisdn", detector="${detector}", outcome="${outcome}"`,
        (step) => (outcome === 'escaped' && step >= leakStep ? 1 : 0),
      );
    }
    counter('headgate_identity_seen_total', `${labels}, place="target", detector="exact"`, 40, restarts);
    counter('headgate_spoofed_headers_total', `${internet}, header="x-msisdn"`, 0.6, restarts);
    add('headgate_worker_restarts_total', labels, () => 0);
    counter('headgate_worker_cpu_seconds_total', labels, 200, restarts);
    add('headgate_client_connections', internet, (step) => Math.round(6_000 * tide(step)));
    let [soon, all] = [0, 0];
    const bucket = (bound: string, isAll: boolean): void => {
      [soon, all] = [0, 0];
      add('headgate_worker_event_loop_lag_seconds_bucket', `${labels}, le="${bound}"`, (step) => {
        if (restarts.has(step)) [soon, all] = [0, 0];
        soon += 478;
        all += 480;
        return isAll ? all : soon;
      });
    };
    bucket('0.05', false);
    bucket('+Inf', true);
    for (const [state, count] of [
      ['novel', 40],
      ['baseline', 310],
      ['follows', 0],
      ['everywhere', 0],
      ['quarantined', 0],
    ] as const) {
      add('headgate_novel_headers', `${internet}, state="${state}"`, () =>
        state === 'novel' ? Math.round(count * random()) : count,
      );
    }
  });

  const canary = at('headgate-canary', 'canary-1');
  for (const probe of ['negative', 'positive', 'boundary', 'spoof', 'answers']) {
    // A round a minute; now and then one is missed.
    add('headgate_canary_last_success_timestamp_seconds', `${canary}, probe="${probe}"`, (step) =>
      Math.max(0, step * stepMinutes * 60 - (random() < 0.01 ? 190 : 30)),
    );
    add('headgate_canary_leaks_total', `${canary}, probe="${probe}"`, () => 0);
    add('headgate_canary_broken', `${canary}, probe="${probe}"`, () => 0);
  }
  const mirror = at('headgate-mirror', 'mirror-1');
  add('headgate_mirror_headers_total', `${mirror}, class="msisdn", outcome="escaped"`, () => 0);
  counter('headgate_mirror_headers_total', `${mirror}, class="address", outcome="escaped"`, 1, new Set());
  for (const labels of [canary, mirror]) add('up', labels, () => 1);
  return { stepMinutes, series };
}
