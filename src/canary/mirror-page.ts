// How a sighting is shown: a page for a person with a phone, lines for a terminal, JSON for a machine.
// INVARIANT: everything that came from the network is escaped; the page loads nothing and runs nothing (test/canary/mirror.test.ts).
import { headlineOf, type SeenField, type Sighting } from './sighting.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe in HTML text and in a quoted attribute; control characters become visible. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5b6577;--line:#dfe3ea;--paper:#fff;--back:#f4f5f8;--bad:#a3182c;--badback:#fdecee;
--warn:#7a4d00;--warnback:#fff4dc;--good:#0c6b3d;--goodback:#e6f6ec}
@media (prefers-color-scheme:dark){:root{--ink:#e7eaf0;--soft:#9aa4b5;--line:#323a48;--paper:#1b212c;--back:#12161d;--bad:#ff9aa8;--badback:#3a1a20;
--warn:#ffcf7a;--warnback:#372a10;--good:#7fe0aa;--goodback:#12301f}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.05rem;margin:.25rem 0 .75rem;color:var(--soft);font-weight:600;overflow-wrap:anywhere}
.verdict{border-radius:.75rem;padding:1rem 1.1rem;font-size:1.25rem;line-height:1.35;font-weight:700;margin:0 0 1rem}
.none{background:var(--goodback);color:var(--good)}.where{background:var(--warnback);color:var(--warn)}.who{background:var(--badback);color:var(--bad)}
section{background:var(--paper);border:1px solid var(--line);border-radius:.75rem;padding:.25rem 1.1rem;margin:0 0 1rem}
h2{font-size:.95rem;margin:.8rem 0 .25rem}
dl{margin:0 0 .6rem}
div.f{padding:.55rem 0;border-top:1px solid var(--line)}
div.f:first-child{border-top:0}
dt{display:flex;flex-wrap:wrap;align-items:baseline;gap:.15rem .5rem;font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
dd{margin:0;font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.95rem;overflow-wrap:anywhere}
.tag{display:inline-block;border-radius:.4rem;padding:0 .45rem;font-size:.78rem;font-weight:600;background:var(--badback);color:var(--bad)}
.soft .tag{background:var(--warnback);color:var(--warn)}
.id dd{font-weight:700}
p.note{color:var(--soft);font-size:.85rem;margin:.5rem .2rem}
code{overflow-wrap:anywhere}
p.says{margin:.1rem 0 .35rem;font-size:.9rem}
@page{margin:14mm}
@media print{:root{color-scheme:light;--ink:#000;--soft:#333;--line:#888;--paper:#fff;--back:#fff;--bad:#000;--badback:#fff;--warn:#000;
--warnback:#fff;--good:#000;--goodback:#fff}
body{font-size:11pt}main{max-width:none;padding:0}.verdict{border:2px solid #000;padding:.6rem .8rem}.tag{border:1px solid #000}
section{padding:.1rem .8rem}div.f,.verdict{break-inside:avoid}h2{break-after:avoid}.screen{display:none}}
`;

/** What the owner of the mirror and the request add to a sighting. */
export interface Framing {
  /** A caption of the mirror's owner; empty: none. */
  readonly site: string;
  /** Names of the identity headers that the mirror puts into this answer. */
  readonly answered: readonly string[];
  /** When it came, RFC 3339 in UTC. */
  readonly at: string;
}

const SAYS: Readonly<Record<NonNullable<SeenField['standing']>, string>> = {
  unknown: 'Whether this site may have it, this page does not know.',
  escaped: 'Nothing says that this site may have it: the network should have kept it back.',
  released: 'The network’s policy releases it to this site.',
  usual: 'Ordinary applications send it too; the network lets it pass.',
};

const renderField = (field: SeenField): string => {
  const soft = field.class === 'address' || field.class === 'network' ? ' soft' : '';
  const tag = field.class === null ? '' : `<span class="tag">${escapeHtml(field.words)}</span>`;
  const says = field.standing === null ? '' : `<p class="says">${SAYS[field.standing]}</p>`;
  return `<div class="f${field.class === null ? '' : ` id${soft}`}"><dt>${escapeHtml(field.name)}${tag}</dt><dd>${escapeHtml(field.value)}</dd>${says}</div>`;
};

const renderSection = (title: string, fields: readonly SeenField[]): string =>
  fields.length === 0 ? '' : `<section><h2>${title}</h2><dl>${fields.map(renderField).join('')}</dl></section>`;

/** The page: the sentence first, identity next, then everything else that came. */
export function renderPage(sighting: Sighting, { site, at }: Framing): string {
  const identity = sighting.fields.filter((field) => field.class !== null);
  const rest = sighting.fields.filter((field) => field.class === null);
  const host = escapeHtml(sighting.host === '' ? 'this site' : sighting.host);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>What reached ${host}</title><style>${STYLE}</style></head><body><main>
<h1>What reached ${host}${site === '' ? '' : ` &middot; ${escapeHtml(site)}`}</h1>
<p class="verdict ${sighting.gravity}">${escapeHtml(headlineOf(sighting))}</p>
${renderSection('What the network told this site about you', identity)}${renderSection(identity.length === 0 ? 'All that reached it' : 'All else that reached it', rest)}
<p class="note">Asked on ${escapeHtml(at)} (UTC) with <code>${escapeHtml(`${sighting.method} ${sighting.target} HTTP/${sighting.version}`)}</code>.
Any website could read what stands above. This page keeps nothing of it.</p>
<p class="note screen">It judges by the names of headers: a number under a name that nobody knows stands among all else, so look there too. To
keep a proof, print the page. The same as data: add <code>?format=json</code>.</p>
</main></body></html>
`;
}

/** For a terminal: the sentence, then one line a field, identity marked with `!`. Control characters become visible. */
export function renderLines(sighting: Sighting, { site }: Framing): string {
  const width = Math.min(28, Math.max(0, ...sighting.fields.map(({ name }) => name.length)));
  const lines = sighting.fields.map(
    ({ name, value, words, standing }) =>
      `${words === '' ? ' ' : '!'} ${name.padEnd(width)}  ${value}${words === '' ? '' : `   <- ${words}${standing === 'released' ? ', released to this site' : ''}`}`,
  );
  const title = `What reached ${sighting.host}${site === '' ? '' : `, ${site}`}`;
  return [title, headlineOf(sighting), '', ...lines, '']
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd'))
    .join('\n');
}

/** For a machine; the shape is documented in docs/mirror.md. */
export function renderJson(sighting: Sighting, framing: Framing): string {
  return `${JSON.stringify({ ...sighting, ...framing, headline: headlineOf(sighting) })}\n`;
}
