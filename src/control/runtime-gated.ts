// The gated settings of headgate.yaml in the form that runs, as workers get them and the state keeps them.
import { canaryMarkOf } from '../decision/canary.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { Settings } from './settings.js';

/** Of settings whose `destinations.tls.ca` holds the PEM texts (configuration.ts), not paths. */
export function runtimeGatedOf(settings: Settings): RuntimeGated {
  const { listeners, destinations, connect, skewMs, maxYears, canaryNumbers } = settings;
  return {
    listeners: listeners.map(({ name, clients, trust, kind, mirror, as }) => ({
      ...{ name, clients, trust },
      ...(kind === 'proxy-protocol' ? { kind } : {}),
      ...(mirror === undefined ? {} : { mirror }),
      ...(as === undefined ? {} : { as }),
    })),
    destinations,
    connectPorts: connect.ports,
    skewMs,
    maxYears,
    ...(canaryNumbers.length === 0 ? {} : { canaries: canaryNumbers.map(canaryMarkOf) }),
  };
}
