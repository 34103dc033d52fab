// The requests of a row, made beforehand with a seed and written to a file for the load: 960 and more different ones. Hosts,
// numbers, user agents and fields rotate, for identical requests would keep every cache warm.
import { writeFileSync } from 'node:fs';
import { ASKED } from './names.mjs';
import { randomOf } from './random.mjs';

const KIB = 1024;
const AGENTS = [
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 13; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
  'Dalvik/2.1.0 (Linux; U; Android 12; M2101K6G Build/SKQ1.210908.001)',
  'okhttp/4.12.0',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
];

/**
 * `kind.enriched`: two identity fields; `.fields`: that many in all; `.longNumbers`: six of them in the cookie; `.cookie`: its length in bytes; `.up`: bytes of
 * body, posted; `.down`: `1 MiB` instead of 1 KiB; `.closes`: the client asks for the connection's end.
 */
function requestOf(kind, host, i, random) {
  const digits = (count) => Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
  const hex = () => Math.floor(random() * 2 ** 32).toString(16);
  const number = `447700900${digits(3)}`;
  const path = kind.down === '1 MiB' ? `/mib/${i}` : `/page/${i}?a=${digits(3)}`;
  const long = Array.from({ length: 6 }, (_, k) => `k${k}=${digits(12 + k)}`).join('; ');
  const usual = `theme=dark; sid=${hex()}${hex()}`;
  const padded =
    kind.cookie === undefined ? usual : `${usual}; prefs=${'layout-wide.'.repeat(40)}`.slice(0, kind.cookie);
  const lines = [
    `${kind.up === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${host}`,
    `User-Agent: ${AGENTS[Math.floor(random() * AGENTS.length)]}`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-GB,en;q=0.9',
    'Accept-Encoding: gzip, deflate',
    `Cookie: ${kind.longNumbers === true ? long : padded}`,
    `Referer: http://${host}/`,
    'Cache-Control: max-age=0',
    ...(kind.enriched
      ? [`X-MSISDN: ${number}`, `X-Up-Calling-Line-ID: ${number}`]
      : ['Upgrade-Insecure-Requests: 1', `X-Requested-With: com.example.app${i}`]),
    ...(kind.up === undefined ? [] : ['Content-Type: application/octet-stream', `Content-Length: ${kind.up}`]),
    ...(kind.closes === true ? ['Connection: close'] : []),
  ];
  for (let k = lines.length - 1; k < (kind.fields ?? 0); k += 1) lines.push(`X-App-Field-${k}: ${hex()}${hex()}-${i}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Writes the file that load.c reads. */
export function writeRequests(file, { hosts, kind }, seed) {
  const random = randomOf(seed);
  const asked = ASKED[hosts];
  const count = Math.ceil(960 / asked.length) * asked.length;
  const parts = [];
  for (let i = 0; i < count; i += 1) {
    const head = Buffer.from(requestOf(kind, asked[i % asked.length], i, random), 'latin1');
    const numbers = Buffer.alloc(12);
    numbers.writeUInt32LE(head.length, 0);
    numbers.writeUInt32LE(kind.up ?? 0, 4);
    numbers.writeUInt32LE(kind.down === '1 MiB' ? KIB * KIB : KIB, 8);
    parts.push(numbers, head);
  }
  writeFileSync(file, Buffer.concat(parts));
}
