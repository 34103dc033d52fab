// Before a proxy is timed it must do the job, and after it still: nothing that it does not do may make it look cheap.
import { ASKED, ENRICHED, NAMES } from './names.mjs';
import { ask } from './program.mjs';

const LINE = '447700900123';
const MOST_AT_ONCE = 40;

/** The fields that reach the origin, names in lower case. */
async function seenBehind(port, host, names) {
  const headers = Object.fromEntries(names.map((name) => [name, LINE]));
  const { status, body } = await ask({ port, path: '/seen', host, headers });
  if (status !== 200) throw new Error(`the check was answered ${status}`);
  const fields = body.split('\r\n').flatMap((line) => /^([^:\s]+):\s*(.*)$/.exec(line)?.slice(1) ?? []);
  const seen = new Map();
  for (let i = 0; i < fields.length; i += 2) seen.set(fields[i].toLowerCase(), fields[i + 1]);
  if (seen.get('host') !== host) throw new Error(`the origin is asked for ${seen.get('host')}, not for ${host}`);
  return seen;
}

const odd = [
  (name) => name,
  (name) => name.toUpperCase().replaceAll('-', '_'),
  (name) => name.replaceAll('-', '.'),
  (name) => `HTTP_${name}`,
];

/** Throws unless strangers' origins see none of the names and partners' the two that are released to them. */
export async function checkStrip({ name, port, job }, { hosts, catalogue }) {
  if (job === 'relay') return;
  const names = job === 'equal' ? catalogue.flatMap((each) => odd.map((spell) => spell(each))) : NAMES;
  const isPartners = hosts === 'partners' || hosts === 'secure';
  for (let i = 0; i < names.length && !isPartners; i += MOST_AT_ONCE) {
    const sent = names.slice(i, i + MOST_AT_ONCE);
    const seen = await seenBehind(port, ASKED.strangers[i % 64], sent);
    const leaked = sent.filter((each) => seen.has(each.toLowerCase()));
    if (leaked.length > 0) throw new Error(`${name} does not strip ${leaked.join(', ')}`);
  }
  if (hosts === 'pseudonyms') {
    const seen = await seenBehind(port, ASKED.pseudonyms[0], ENRICHED);
    const wrong = ENRICHED.filter((each) => !/^bench\.[\w-]{43}$/.test(seen.get(each.toLowerCase()) ?? ''));
    if (wrong.length > 0) throw new Error(`${name} has no pseudonym for ${wrong.join(', ')}`);
  }
  for (const host of ASKED[isPartners ? hosts : 'partners'].slice(0, 3)) {
    const seen = await seenBehind(port, host, ENRICHED);
    const lacking = ENRICHED.filter((each) => seen.get(each.toLowerCase()) !== LINE);
    if (lacking.length > 0) throw new Error(`${name} does not release ${lacking.join(', ')}`);
  }
}
