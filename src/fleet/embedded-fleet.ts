// A replica that shares nothing: the default, with nothing to install.
import type { Fleet, FleetParts, FleetView } from './fleet.js';

export class EmbeddedFleet implements Fleet {
  readonly #name: string;
  #parts: FleetParts | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  begin(parts: FleetParts): Promise<void> {
    this.#parts = parts;
    return Promise.resolve();
  }

  announce(): null {
    return null;
  }

  get view(): FleetView {
    const status = this.#parts?.status();
    return {
      kind: 'embedded',
      isConnected: true,
      problems: [],
      lastExchangeMs: null,
      replicas:
        status === undefined
          ? []
          : [
              {
                status: { ...status, name: this.#name, instance: '0'.repeat(16), beat: 0 },
                ageMs: 0,
                isSilent: false,
                isThis: true,
              },
            ],
      highestGeneration: status?.generation ?? 0,
    };
  }

  close(): void {
    this.#parts = undefined;
  }
}
