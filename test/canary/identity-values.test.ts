// The canary's own search finds a planted value in every usual encoding, and nothing else.
import { createHash } from 'node:crypto';
import { identitySearch } from '../../src/canary/identity-values.js';

const NUMBER = '447700900990';
const IMSI = '001010000000990';
const TOKEN = 'canary-Token_0123456789';
const isIn = identitySearch([NUMBER, IMSI, TOKEN]);
const hash = (algorithm: string, text: string, encoding: 'hex' | 'base64' | 'base64url'): string =>
  createHash(algorithm).update(text).digest(encoding);
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

test.each([
  ['as it is', NUMBER],
  ['in the middle of a text', `id=x;m=${NUMBER};y`],
  ['with a plus', `+${NUMBER}`],
  ['with 00', `00${NUMBER}`],
  ['national', '07700900990'],
  ['as people write it', '+44 7700 900-990'],
  ['in brackets', '(07700) 900 990'],
  ['within a longer run', `99${NUMBER}77`],
  ['percent-encoded', '%2B44%37700900990'],
  ['in hexadecimal', Buffer.from(NUMBER).toString('hex')],
  [
    'in upper-case hexadecimal',
    Buffer.from(`0${NUMBER.slice(2)}`)
      .toString('hex')
      .toUpperCase(),
  ],
  ['as a SIM card keeps it', NUMBER.replace(/(.)(.)/g, '$2$1')],
  ['in base64', base64(NUMBER)],
  ['in base64, one byte further', base64(`x${NUMBER}`)],
  ['in base64, two bytes further', base64(`xy${NUMBER}z`)],
  ['in base64 within JSON', base64(`{"msisdn":"+${NUMBER}"}`)],
  ['as MD5', hash('md5', NUMBER, 'hex')],
  ['as SHA-1 of its national form', hash('sha1', '07700900990', 'hex').toUpperCase()],
  ['as SHA-256 in base64', hash('sha256', `+${NUMBER}`, 'base64')],
  ['as SHA-256 in base64url', hash('sha256', `+${NUMBER}`, 'base64url')],
  ['an IMSI', `imsi:${IMSI}`],
  ['an IMSI in base64', base64(`a${IMSI}`)],
  ['a token', `uid=${TOKEN}`],
  ['a token in lower case', TOKEN.toLowerCase()],
  ['a token in base64', base64(`x${TOKEN}`)],
])('found: %s', (_how, text) => {
  expect(isIn(text)).toBe(true);
});

test.each([
  ['another number', '447700900991'],
  ['another in base64', base64('447700900991')],
  ['half of it', '447700900'],
  ['another IMSI', '001010000000991'],
  ['nothing', ''],
  ['a user agent', 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36'],
  ['another digest', hash('sha256', '447700900991', 'hex')],
])('not found: %s', (_what, text) => {
  expect(isIn(text)).toBe(false);
});
