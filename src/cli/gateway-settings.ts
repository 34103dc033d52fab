// The settings of a gateway that a verb speaks to: where its admin API and its state folder are. Looks at no policy and no key.
import { readSettings } from '../control/settings-file.js';
import type { Settings } from '../control/settings.js';
import { readSource } from '../control/text-file.js';
import { renderProblems } from '../document/render.js';
import { EXIT_CODES } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Undefined after it has printed every problem and ended with 1. */
export function readGatewaySettings(file: string, terminal: Terminal): Settings | undefined {
  const source = readSource(file);
  const settings = source.ok ? readSettings(source.value, { processors: 1, descriptors: null }) : undefined;
  if (settings?.ok === true) return settings.value;
  terminal.err(renderProblems(settings?.problems ?? source.problems, source.ok ? [source.value] : []));
  terminal.end(EXIT_CODES.failed);
  return undefined;
}
