// The register: who stands in it, what a public one leaves out, and that no text of a policy becomes markup in it.
import { registerOf } from '../../src/policy/register.js';
import { renderRegisterHtml } from '../../src/policy/register-html.js';
import { renderRegisterMarkdown } from '../../src/policy/register-markdown.js';
import { compiled, NOW, partnerFile } from './fixture.js';

const POLICY = compiled({
  timezone: 'Europe/London',
  partners: [
    partnerFile({ id: 'over', name: 'Over Ltd', hosts: ['over.example'], from: '2026-01-01', until: '2026-06-30' }),
    partnerFile({ id: 'later', name: 'Later Ltd', hosts: ['later.example'], from: '2027-01-01' }),
    partnerFile({
      contract: 'DPA-2026-014',
      basis: 'consent',
      country: 'GB',
      hosts: ['pay.bank.example', '*.shop.bank.example'],
      release: [
        { header: 'X-MSISDN', as: 'unchanged' },
        { header: 'X-IMSI', as: 'pseudonym', key: 'bank-2026' },
      ],
      connect: 8443,
    }),
    partnerFile({ id: 'mms', own: true, name: 'Our MMSC', hosts: ['mms'], transport: 'http', ports: [80, 8002] }),
  ],
  deny: [
    { hosts: ['**.games.example'], reason: 'a secret of the legal team' },
    { hosts: ['**.past.example'], reason: 'past', until: '2026-06-30' },
  ],
});
const forTeam = registerOf(POLICY, { now: NOW, isPublic: false });
const forAll = registerOf(POLICY, { now: NOW, isPublic: true });

test('those in force stand first, then those to come, then those that have ended', () => {
  expect(forTeam.recipients.map(({ id, state }) => [id, state])).toEqual([
    ['bank', 'in force'],
    ['mms', 'in force'],
    ['later', 'to come'],
    ['over', 'ended'],
  ]);
});

test('a public one has no contacts, no contracts, no reasons of denies and nothing that has ended', () => {
  expect(forAll.recipients.map(({ id }) => id)).toEqual(['bank', 'mms', 'later']);
  for (const text of [renderRegisterMarkdown(forAll), renderRegisterHtml(forAll)])
    for (const word of [
      'partners@operator.example',
      'partners&#64;',
      'DPA-2026-014',
      'Over Ltd',
      'secret',
      'past.example',
    ])
      expect(text).not.toContain(word);
  for (const text of [renderRegisterMarkdown(forTeam), renderRegisterHtml(forTeam)])
    for (const word of ['DPA-2026-014', 'Over Ltd', 'a secret of the legal team']) expect(text).toContain(word);
});

test('each has its purpose, basis, country, hosts, headers, form, route, since and until', () => {
  expect(forAll.recipients[0]).toMatchObject({
    purpose: 'age verification',
    basis: 'consent',
    country: 'GB',
    hosts: ['pay.bank.example', '*.shop.bank.example'],
    headers: [
      { header: 'X-MSISDN', form: 'unchanged', carries: 'the subscriber’s number' },
      { header: 'X-IMSI', form: 'pseudonym', carries: 'an identity of the card or the device' },
    ],
    route: 'TLS to port 8443',
    since: null,
    until: '2027-12-31',
  });
  expect(forAll.recipients[1]?.route).toBe('plain http, ports 80, 8002');
  expect(forAll.recipients[2]?.since).toBe('2027-01-01');
  const row =
    '| Bank plc | age verification | consent | GB | `pay.bank.example`, `*.shop.bank.example` | `X-MSISDN` unchanged (the subscriber’s number), `X-IMSI` pseudonym (an identity of the card or the device) | TLS to port 8443 | always | 2027-12-31 | in force |';
  expect(renderRegisterMarkdown(forAll)).toContain(`\n${row}\n`);
});

test('a policy that releases nothing says so', () => {
  const none = registerOf(compiled({ releasesNothing: true }), { now: NOW, isPublic: true });
  expect(renderRegisterMarkdown(none)).toContain('\nNobody.\n');
  expect(renderRegisterHtml(none)).toContain('<p>Nobody receives any.</p>');
});

describe('no text of a policy becomes markup', () => {
  const HOSTILE = '<script>alert(1)</script>|`[a](javascript:b)` & *b* "q" \'r\' https://evil.example \\| _u_ <!-- # !';
  const hostile = registerOf(
    compiled({
      partners: [partnerFile({ name: HOSTILE, purpose: HOSTILE, owner: HOSTILE, contract: HOSTILE })],
      deny: [{ hosts: ['**.games.example'], reason: HOSTILE }],
    }),
    { now: NOW, isPublic: false },
  );

  test('in HTML', () => {
    const html = renderRegisterHtml(hostile);
    const known = new Set(
      [...renderRegisterHtml(forTeam).matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/charset.*|content=.*/, '')),
    );
    expect(
      [...html.matchAll(/<[^>]*>/g)]
        .map(([tag]) => tag.replace(/charset.*|content=.*/, ''))
        .filter((tag) => !known.has(tag)),
    ).toEqual([]);
    expect(html).not.toContain('<script');
    const shown = html.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(shown.split(HOSTILE).length - 1).toBe(5);
  });

  test('in Markdown', () => {
    const markdown = renderRegisterMarkdown(hostile);
    const row = markdown.split('\n').find((line) => line.includes('script')) ?? '';
    expect(row.split('|').length - 1).toBe(13);
    expect(row).not.toMatch(/<|>|\[a\]|\*b\*|_u_|\\|https:\/\//);
    const shown = row.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(shown.split(HOSTILE).length - 1).toBe(4);
  });
});

test('the page loads nothing, runs nothing and fits a phone', () => {
  const html = renderRegisterHtml(forAll);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">\n/);
  expect(html).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'\"");
  expect(html).toContain('name="viewport" content="width=device-width, initial-scale=1"');
  expect(html).toContain('@media print');
  expect(html).not.toMatch(/\b(?:src|href|on\w+)=|url\(|@import|<script/);
});
