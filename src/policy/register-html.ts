// The register as one HTML page: no script, nothing loaded from elsewhere, readable on a phone and on paper.
import { htmlText as html } from '../document/markup.js';
import type { Recipient, Register } from './register.js';

const STYLE = `
:root { color-scheme: light dark; --line: #c8ccd2; --quiet: #5b6470; --back: #ffffff; --ink: #1b1f24; --soft: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --line: #3a414b; --quiet: #a3adb9; --back: #14171b; --ink: #e7eaee; --soft: #1e2329; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 3rem; background: var(--back); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.15rem; margin: 0; }
p { margin: .3rem 0; }
.quiet, dt { color: var(--quiet); font-size: .9rem; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; break-inside: avoid; }
dl { align-items: baseline; display: grid; grid-template-columns: 9rem 1fr; gap: .25rem 1rem; margin: .75rem 0 0; }
dd { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; }
code { display: inline-block; max-width: 100%; background: var(--soft); border-radius: .25rem; padding: 0 .3em; font: .9em ui-monospace, monospace; }
.state { float: right; font-size: .85rem; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .7em; margin-left: 1em; }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
@media print { :root { --back: #fff; --ink: #000; --quiet: #333; --soft: #fff; --line: #888; } body { padding: 0; max-width: none; font-size: 10pt; } }
`.trim();

/** A whole document in UTF-8, ended by a line feed. */
export function renderRegisterHtml(register: Register): string {
  const { asOf, timezone, digest, recipients, denied } = register;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Who receives subscriber identity</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>Who receives subscriber identity</h1>
<p>The network adds an identity of the subscriber to requests for the recipients below, and to no others: whoever is not listed receives none.</p>
<p class="quiet">As of ${html(asOf)}; days in ${html(timezone)}.</p>
<main>
${recipients.length === 0 ? '<p>Nobody receives any.</p>' : recipients.map(sectionOf).join('\n')}
</main>
${denied.length === 0 ? '' : deniedOf(denied)}<p class="quiet">Policy <code>${html(digest)}</code></p>
</body>
</html>
`;
}

function sectionOf(recipient: Recipient): string {
  const { name, own, purpose, basis, country, hosts, headers, route, since, until, state, internal } = recipient;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Purpose', html(purpose)],
    ['Basis', basis === null ? null : html(basis)],
    ['Country', country === null ? null : html(country)],
    ['Hosts', list(hosts.map((host) => `<code>${html(host)}</code>`))],
    [
      'Receives',
      list(
        headers.map(
          ({ header, form, carries }) =>
            `${html(carries)}, ${FORM_WORDS[form]} <span class="quiet">(<code>${html(header)}</code>, ${form})</span>`,
        ),
      ),
    ],
    ['Sent', html(route)],
    ['Since', html(since ?? 'always')],
    ['Until', until === null ? null : html(until)],
    ['Owner', internal === null ? null : html(internal.owner)],
    ['Contract', internal === null || internal.contract === null ? null : html(internal.contract)],
  ];
  return `<section>
<span class="state">${state}</span>
<h2>${html(name)}${own ? ' <span class="quiet">(our own service)</span>' : ''}</h2>
<dl>
${rows.flatMap(([term, text]) => (text === null ? [] : [`<dt>${term}</dt><dd>${text}</dd>`])).join('\n')}
</dl>
</section>`;
}

const FORM_WORDS = {
  unchanged: 'as it is',
  pseudonym: 'as a pseudonym that only this recipient can recognise',
} as const;

function deniedOf(denied: Register['denied']): string {
  const items = denied.map(
    ({ hosts, reason }) =>
      `${hosts.map((host) => `<code>${html(host)}</code>`).join(', ')}${reason === null ? '' : `: ${html(reason)}`}`,
  );
  return `<section>\n<h2>Never, whatever is listed above</h2>\n${list(items)}\n</section>\n`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}
