// Before a proxy is timed it must do the job: nothing that it does not do may make it look cheap.
import { ASKED, ENRICHED, NAMES } from './names.mjs';
import { ask } from './program.mjs';

const LINE = '447700900123';

async function seenBehind(port, host, names) {
  const headers = Object.fromEntries(names.map((name) => [name, LINE]));
  const { status, body } = await ask({ port, path: '/seen', host, headers });
  if (status !== 200) throw new Error(`the check was answered ${status}`);
  return body.split('|');
}

/** Throws unless strangers' origins see none of the 12 names and partners' the two that are released to them. */
export async function checkStrip({ name, port }) {
  for (const host of ASKED.strangers.slice(0, 3)) {
    const seen = await seenBehind(port, host, NAMES);
    const leaked = NAMES.filter((_, i) => seen[i] !== '');
    if (seen.length !== NAMES.length || leaked.length > 0)
      throw new Error(`${name} does not strip ${leaked.join(', ')}`);
  }
  for (const host of ASKED.partners.slice(0, 3)) {
    const seen = await seenBehind(port, host, ENRICHED);
    const lacking = ENRICHED.filter((header) => seen[NAMES.indexOf(header)] !== LINE);
    if (lacking.length > 0) throw new Error(`${name} does not release ${lacking.join(', ')}`);
  }
}
