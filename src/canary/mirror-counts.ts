// What reached the mirror, as numbers: by class and by whether it may. No name, no host, no value is kept.
import type { Sample } from '../control/metrics-registry.js';
import { LABEL_VALUES } from '../telemetry/label-values.js';
import type { Sighting } from './sighting.js';

const OUTCOMES = LABEL_VALUES['headgate_mirror_headers_total outcome'];

export class MirrorCounts {
  #requests = 0;
  readonly #headers = new Map<string, number>(
    LABEL_VALUES.class.flatMap((each) => OUTCOMES.map((outcome) => [`${each} ${outcome}`, 0] as const)),
  );

  add({ fields }: Sighting): void {
    this.#requests += 1;
    for (const { class: found, standing } of fields) {
      if (found === null) continue;
      const key = `${found} ${standing === 'released' || standing === 'usual' ? 'expected' : 'escaped'}`;
      this.#headers.set(key, (this.#headers.get(key) ?? 0) + 1);
    }
  }

  samples(): readonly Sample[] {
    return [
      { metric: 'headgate_mirror_requests_total', labels: [], value: this.#requests },
      ...[...this.#headers].map(([key, value]) => ({
        metric: 'headgate_mirror_headers_total',
        labels: key.split(' '),
        value,
      })),
    ];
  }
}
