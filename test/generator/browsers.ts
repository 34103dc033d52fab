// What browsers send over plain HTTP, by name: fields in the order and the words of each, with the cookies, validators and pages that
// ordinary sites give them.
import type { Drawing } from './drawing.js';

/** One who sends requests: a browser or a kind of app. */
export interface Sender {
  readonly name: string;
  /** Fields but Host, in order. */
  readonly fields: (draw: Drawing) => readonly (readonly [name: string, value: string])[];
  readonly path: (draw: Drawing) => string;
  /** Default GET. */
  readonly method?: string;
}

const COOKIES: readonly ((draw: Drawing) => string)[] = [
  (d) => `_ga=GA1.2.${d.id(9)}.${d.seconds()}`,
  (d) => `_gid=GA1.2.${d.id(10)}.${d.seconds()}`,
  (d) => `_gat_gtag_UA_${d.id(8)}_1=1`,
  (d) => `_ga_${d.base64url(8).toUpperCase()}=GS1.1.${d.seconds()}.${d.id(2)}.1.${d.seconds()}.0.0.0`,
  (d) => `_fbp=fb.1.${d.seconds()}${d.digits(3)}.${d.id(10)}`,
  (d) => `_gcl_au=1.1.${d.id(10)}.${d.seconds()}`,
  (d) => `PHPSESSID=${d.hex(26)}`,
  (d) => `JSESSIONID=${d.hex(32).toUpperCase()}.node${d.id(1)}`,
  (d) => `connect.sid=s%3A${d.base64url(24)}.${encodeURIComponent(d.base64(32))}`,
  (d) => `wordpress_logged_in_${d.hex(32)}=reader%7C${d.seconds()}%7C${d.base64url(32)}%7C${d.hex(64)}`,
  (d) => `OptanonConsent=isGpcEnabled=0&datestamp=Mon+Jun+01+2026&version=202405.1.0&consentId=${d.uuid()}`,
  (d) => `euconsent-v2=${d.base64url(120)}`,
  (d) => `__cf_bm=${d.base64url(32)}-${d.seconds()}-1.0.1.1-${d.base64url(64)}`,
  (d) => `AWSALB=${d.base64(96)}`,
  (d) => `visitor_id${d.id(6)}=${d.id(9)}`,
  (d) => `uid=${d.id(11)}; seen=${d.id(7)}.${d.id(7)}.${d.id(7)}`,
  (d) => `cart=${d.id(16)}; basket_items=${d.id(1)}`,
  (d) => `ab={"e${d.id(4)}":"${d.letters(1)}","t":${d.seconds()}${d.digits(3)}}`,
  (d) => `city=S%C3%A3o%20Paulo; lang=pt; tz=-180; last=${d.seconds()}`,
  (d) => `MUID=${d.hex(32).toUpperCase()}; SRCHD=AF=NOFORM`,
  (d) => `ASP.NET_SessionId=${d.letters(24)}; .ASPXANONYMOUS=${d.base64url(72)}`,
];

const PAGES: readonly ((draw: Drawing) => string)[] = [
  () => '/',
  (d) => `/news/${d.id(8)}/${d.letters(7)}-${d.letters(5)}.html`,
  (d) => `/static/js/main.${d.hex(8)}.chunk.js`,
  (d) => `/wp-content/uploads/2025/11/${d.letters(9)}-${d.id(4)}x${d.id(3)}.jpg`,
  (d) => `/search?q=${d.letters(5)}+${d.letters(6)}&page=${d.id(1)}&ts=${d.seconds()}`,
  (d) => `/product/${d.id(13)}?variant=${d.id(14)}&utm_campaign=${d.letters(6)}_${d.id(6)}`,
  (d) => `/collect?v=1&cid=${d.id(9)}.${d.seconds()}&z=${d.id(10)}&tid=UA-${d.id(8)}-1`,
  (d) => `/img/${d.hex(2)}/${d.hex(40)}.webp?w=${d.id(3)}`,
  (d) => `/forum/viewtopic.php?f=${d.id(2)}&t=${d.id(6)}&sid=${d.hex(32)}`,
  (d) => `/gp/aw/d/${d.base64url(7).toUpperCase()}/ref=${d.letters(4)}_${d.id(12)}`,
  (d) => `/track?e=${encodeURIComponent(d.base64(60))}`,
];

const cookies = (d: Drawing): string => Array.from({ length: 1 + d.number(5) }, () => d.oneOf(COOKIES)(d)).join('; ');
const page = (d: Drawing): string => d.oneOf(PAGES)(d);

/** The fields that only some requests have: referrer, cookies, validators. */
const visited = (d: Drawing): (readonly [string, string])[] => {
  const some: (readonly [string, string])[] = [];
  if (!d.once(3)) some.push(['Referer', `http://www.${d.letters(8)}.example${page(d)}`]);
  if (!d.once(3)) some.push(['Cookie', cookies(d)]);
  if (d.once(5)) some.push(['If-None-Match', `W/"${d.hex(8)}-${d.hex(11)}"`]);
  if (d.once(6)) some.push(['If-Modified-Since', new Date(d.seconds() * 1000).toUTCString()]);
  return some;
};

const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9';
const chrome = (d: Drawing): number => 100 + d.number(40);

export const BROWSERS: readonly Sender[] = [
  {
    name: 'Chrome for Android',
    path: page,
    fields: (d) => [
      ['Connection', 'keep-alive'],
      ...(d.once(2) ? [['DNT', '1'] as const] : []),
      ['Upgrade-Insecure-Requests', '1'],
      [
        'User-Agent',
        `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome(d)}.0.0.0 Mobile Safari/537.36`,
      ],
      ['Accept', `${HTML},image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7`],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Accept-Language', 'en-GB,en-US;q=0.9,en;q=0.8'],
      ...visited(d),
    ],
  },
  {
    name: 'Safari on iPhone',
    path: page,
    fields: (d) => [
      ['Upgrade-Insecure-Requests', '1'],
      ['Accept', `${HTML},*/*;q=0.8`],
      [
        'User-Agent',
        `Mozilla/5.0 (iPhone; CPU iPhone OS 17_${d.id(1)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.${d.id(1)} Mobile/15E148 Safari/604.1`,
      ],
      ['Accept-Language', 'en-GB,en;q=0.9'],
      ['Priority', 'u=0, i'],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Connection', 'keep-alive'],
      ...visited(d),
    ],
  },
  {
    name: 'Firefox for Android',
    path: page,
    fields: (d) => [
      ['User-Agent', `Mozilla/5.0 (Android 14; Mobile; rv:${120 + d.number(12)}.0) Gecko/20100101 Firefox/128.0`],
      ['Accept', `${HTML},image/avif,image/webp,*/*;q=0.8`],
      ['Accept-Language', 'de,en-US;q=0.7,en;q=0.3'],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Connection', 'keep-alive'],
      ['Upgrade-Insecure-Requests', '1'],
      ['Sec-GPC', '1'],
      ...visited(d),
    ],
  },
  {
    name: 'Samsung Internet',
    path: page,
    fields: (d) => [
      ['Connection', 'keep-alive'],
      [
        'User-Agent',
        `Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A${d.id(3)}B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36`,
      ],
      ['Accept', '*/*'],
      ['X-Requested-With', 'com.sec.android.app.sbrowser'],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Accept-Language', 'en-GB,en;q=0.9'],
      ...visited(d),
    ],
  },
  {
    name: 'Opera Mini',
    path: page,
    fields: (d) => [
      [
        'User-Agent',
        `Opera/9.80 (Android; Opera Mini/${d.id(2)}.0.${d.id(4)}/191.${d.id(3)}; U; en) Presto/2.12.423 Version/12.16`,
      ],
      ['Accept', `${HTML};q=0.9,image/png,image/webp,*/*;q=0.1`],
      ['X-OperaMini-Features', 'advanced, camera, download, file_system, folding, httpping, pingback, routing, touch'],
      ['X-OperaMini-Phone', 'Android #'],
      ['X-OperaMini-Phone-UA', 'Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Mobile Safari/537.36'],
      ['Device-Stock-UA', 'Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Mobile Safari/537.36'],
      ['Accept-Language', 'en'],
      ['Accept-Encoding', 'gzip, deflate'],
      ...visited(d),
    ],
  },
  {
    name: 'UC Browser',
    path: page,
    fields: (d) => [
      ['Accept', '*/*'],
      [
        'User-Agent',
        `Mozilla/5.0 (Linux; U; Android 12; en-US; RMX${d.id(4)}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/13.4.2.1307 Mobile Safari/537.36`,
      ],
      ['Cache-Control', 'no-cache'],
      ['X-UCBrowser-UA', `dv(RMX${d.id(4)});pr(UCBrowser/13.4.2.1307);ov(Android 12);ss(360*800);pi(1080*2400);bt(GZ)`],
      ['Accept-Encoding', 'gzip'],
      ['Connection', 'Keep-Alive'],
      ...visited(d),
    ],
  },
  {
    name: 'Edge for Windows, through a phone as a modem',
    path: page,
    fields: (d) => [
      ['Connection', 'keep-alive'],
      ['Cache-Control', 'max-age=0'],
      ['Upgrade-Insecure-Requests', '1'],
      [
        'User-Agent',
        `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome(d)}.0.0.0 Safari/537.36 Edg/126.0.0.0`,
      ],
      ['Accept', `${HTML},image/avif,image/webp,*/*;q=0.8`],
      ['Accept-Encoding', 'gzip, deflate'],
      ['Accept-Language', 'fr-FR,fr;q=0.9,en;q=0.8'],
      ...visited(d),
    ],
  },
];
