// What apps and devices send over plain HTTP, by kind: their own libraries' fields, keys, counters, devices and times.
import type { Drawing } from './drawing.js';
import type { Sender } from './browsers.js';

const okhttp = (d: Drawing): readonly [string, string] => ['User-Agent', `okhttp/4.${d.number(13)}.${d.number(3)}`];
const dalvik = (d: Drawing): readonly [string, string] => [
  'User-Agent',
  `Dalvik/2.1.0 (Linux; U; Android 14; SM-S${d.id(3)}B Build/UP1A.231005.007)`,
];
const cfnetwork = (app: string, d: Drawing): readonly [string, string] => [
  'User-Agent',
  `${app}/${d.id(4)} CFNetwork/1490.0.${d.id(1)} Darwin/23.2.0`,
];
const GZIP = ['Accept-Encoding', 'gzip'] as const;
const ALIVE = ['Connection', 'Keep-Alive'] as const;
const millis = (d: Drawing): string => `${String(d.seconds())}${d.digits(3)}`;
const jwt = (d: Drawing): string => `eyJhbGciOiJIUzI1NiJ9.${d.base64url(90)}.${d.base64url(32)}`;
const place = (d: Drawing): string => `${String(d.number(180) - 90)}.${d.digits(7)}`;

export const APPS: readonly Sender[] = [
  {
    name: 'weather',
    path: (d) => `/v3/forecast?lat=${place(d)}&lon=${place(d)}&t=${String(d.seconds())}`,
    fields: (d) => [okhttp(d), ['X-Api-Key', d.hex(32)], ['X-Geo', `${place(d)},${place(d)}`], GZIP, ALIVE],
  },
  {
    name: 'podcast player',
    path: (d) => `/episodes/${d.id(8)}/${d.hex(24)}.mp3`,
    fields: (d) => [
      ['User-Agent', `AntennaPod/3.${d.id(1)}.0`],
      ['Range', `bytes=${d.id(7)}-${d.id(8)}`],
      ['Icy-MetaData', '1'],
      ['If-Range', `"${d.hex(10)}-${d.hex(13)}"`],
      GZIP,
    ],
  },
  {
    name: 'music streaming',
    path: (d) => `/audio/${d.hex(40)}?__token__=exp=${String(d.seconds())}~hmac=${d.hex(64)}`,
    fields: (d) => [
      cfnetwork('Tunes', d),
      ['X-Client-Trace-Id', d.hex(32)],
      ['X-Session-Play', `${d.id(13)}/${d.id(4)}`],
      ['Range', 'bytes=0-'],
    ],
  },
  {
    name: 'video in segments',
    path: (d) => `/live/ch${d.id(3)}/seg_${d.id(9)}_${d.id(6)}.ts?wmsAuthSign=${d.base64url(48)}`,
    fields: (d) => [
      ['User-Agent', `AppleCoreMedia/1.0.0.21C62 (iPhone; U; CPU OS 17_2 like Mac OS X; en_gb)`],
      ['X-Playback-Session-Id', d.uuid().toUpperCase()],
      ['Accept', '*/*'],
      ['Accept-Encoding', 'identity'],
      ['Connection', 'keep-alive'],
    ],
  },
  {
    name: 'maps in tiles',
    path: (d) => `/vt/pb=!1m5!1m4!1i${d.id(2)}!2i${d.id(6)}!3i${d.id(6)}!4i256!2m3!1e0!2sm!3i${d.id(9)}`,
    fields: (d) => [
      dalvik(d),
      ['X-Android-Package', 'com.example.maps'],
      ['X-Android-Cert', d.hex(40).toUpperCase()],
      GZIP,
      ALIVE,
    ],
  },
  {
    name: 'game',
    method: 'POST',
    path: (d) => `/telemetry/v2/${d.uuid()}/batch`,
    fields: (d) => [
      ['User-Agent', `UnityPlayer/2022.3.${d.id(2)}f1 (UnityWebRequest/1.0, libcurl/8.4.0-DEV)`],
      ['X-Unity-Version', '2022.3.20f1'],
      ['X-Player-Id', d.id(12)],
      ['X-Match', `${d.id(10)}-${d.id(3)}`],
      ['X-Checksum', d.hex(32)],
      ['Content-Type', 'application/json'],
      GZIP,
    ],
  },
  {
    name: 'game streaming',
    path: (d) => `/helix/streams?user_id=${d.id(9)}`,
    fields: (d) => [okhttp(d), ['Client-ID', d.letters(30)], ['Authorization', `OAuth ${d.letters(30)}`], GZIP],
  },
  {
    name: 'advertisements',
    path: (d) => `/bid?imp=${d.uuid()}&cb=${millis(d)}&gaid=${d.uuid()}&p=${d.id(5)}`,
    fields: (d) => [
      dalvik(d),
      ['X-Ad-Session', d.uuid()],
      ['X-Ads-Zone', d.id(8)],
      ['X-Sim-Operator', d.id(5)],
      ['X-OpenRTB-Version', '2.5'],
      ['Cookie', `uuid2=${d.id(19)}; anj=${d.base64url(60)}; sess=1`],
      ALIVE,
    ],
  },
  {
    name: 'measurement',
    method: 'POST',
    path: (d) => `/api/v1/event?ts=${millis(d)}`,
    fields: (d) => [
      okhttp(d),
      ['X-Event-Time', millis(d)],
      ['X-Install-Id', d.uuid()],
      ['X-Batch', `${d.id(6)}:${d.id(3)}`],
      ['X-Signature', d.base64(32)],
      ['Content-Type', 'application/octet-stream'],
      GZIP,
    ],
  },
  {
    name: 'crash reports',
    method: 'POST',
    path: (d) => `/api/${d.id(7)}/store/`,
    fields: (d) => [
      okhttp(d),
      [
        'X-Sentry-Auth',
        `Sentry sentry_version=7, sentry_key=${d.hex(32)}, sentry_timestamp=${String(d.seconds())}.${d.digits(3)}`,
      ],
      ['Content-Encoding', 'gzip'],
      ['X-Phone-Model', 'SM-S911B'],
      GZIP,
    ],
  },
  {
    name: 'shop',
    path: (d) => `/api/catalog/items/${d.id(13)}?store=${d.id(4)}`,
    fields: (d) => [
      cfnetwork('Shop', d),
      ['X-Basket-Id', d.id(16)],
      ['X-Loyalty-Card', d.id(13)],
      ['Authorization', `Bearer ${jwt(d)}`],
      ['Cookie', `cart=${d.uuid()}; gtin=${d.id(14)}`],
    ],
  },
  {
    name: 'bank, its branch finder',
    path: (d) => `/atm/nearest?lat=${place(d)}&lng=${place(d)}&r=${d.id(4)}`,
    fields: (d) => [
      okhttp(d),
      ['X-Correlation-Id', `${millis(d)}-${d.id(6)}`],
      ['X-FAPI-Interaction-Id', d.uuid()],
      ['X-App-Attest', d.base64(80)],
      GZIP,
    ],
  },
  {
    name: 'parcels',
    path: (d) => `/track/${d.id(2)}${d.digits(12)}GB`,
    fields: (d) => [
      okhttp(d),
      ['X-Consignment', `JD${d.digits(16)}`],
      ['X-Parcel-Ref', d.id(14)],
      ['X-Depot', d.id(4)],
      GZIP,
    ],
  },
  {
    name: 'mail',
    method: 'POST',
    path: () => '/Microsoft-Server-ActiveSync?Cmd=Sync&User=reader&DeviceId=ApplDN6',
    fields: (d) => [
      ['User-Agent', 'Apple-iPhone14C2/2102.62'],
      ['X-MS-PolicyKey', d.id(10)],
      ['MS-ASProtocolVersion', '16.1'],
      ['Authorization', `Basic ${d.base64(24)}`],
      ['Content-Type', 'application/vnd.ms-sync.wbxml'],
    ],
  },
  {
    name: 'notifications',
    path: (d) => `/poll?since=${millis(d)}`,
    fields: (d) => [dalvik(d), ['app', 'com.example.chat'], ['X-Sender-Id', d.id(12)], ['X-Token', d.base64url(114)]],
  },
  {
    name: 'fitness',
    method: 'PUT',
    path: (d) => `/users/${d.id(8)}/activities/${d.id(11)}`,
    fields: (d) => [
      cfnetwork('Runner', d),
      ['X-Device-Serial', d.id(10)],
      ['X-Samples', Array.from({ length: 12 }, () => d.id(3)).join(',')],
      ['X-Start', new Date(d.seconds() * 1000).toISOString()],
      ['Content-Type', 'application/json'],
    ],
  },
  {
    name: 'scooters',
    path: (d) => `/vehicles?bbox=${place(d)},${place(d)},${place(d)},${place(d)}`,
    fields: (d) => [okhttp(d), ['X-Ride-Id', d.id(15)], ['X-Vehicle', `QR-${d.id(8)}`], ['X-Auth', jwt(d)], GZIP],
  },
  {
    name: 'vehicle tracker',
    method: 'POST',
    path: (d) => `/gps?id=${d.id(10)}&ts=${String(d.seconds())}`,
    fields: (d) => [
      ['User-Agent', 'SIM800'],
      [
        'X-Frame',
        `$GPRMC,${d.digits(6)}.00,A,${d.digits(4)}.${d.digits(5)},N,${d.digits(5)}.${d.digits(5)},W,0.1,,*7${d.id(1)}`,
      ],
      ['X-Odometer', d.id(8)],
      ['Content-Type', 'text/plain'],
    ],
  },
  {
    name: 'electricity meter',
    method: 'POST',
    path: (d) => `/readings/${d.id(13)}`,
    fields: (d) => [
      ['User-Agent', 'lwIP/2.1.2'],
      ['X-Meter', `E6S${d.digits(8)}0021`],
      ['X-MPAN', d.id(13)],
      ['X-Reading', `${d.id(8)};${d.id(8)};${String(d.seconds())}`],
    ],
  },
  {
    name: 'set-top box',
    path: (d) => `/epg/${d.id(4)}/${String(d.seconds())}.xml`,
    fields: (d) => [
      [
        'User-Agent',
        'Mozilla/5.0 (QtEmbedded; U; Linux; C) AppleWebKit/533.3 MAG200 stbapp ver: 2 rev: 250 Safari/533.3',
      ],
      ['Cookie', `mac=00%3A1A%3A79%3A${d.hex(2)}%3A${d.hex(2)}%3A${d.hex(2)}; stb_lang=en; timezone=Europe%2FLondon`],
      ['Authorization', `Bearer ${d.hex(32).toUpperCase()}`],
      ['X-User-Agent', 'Model: MAG250; Link: WiFi'],
    ],
  },
  {
    name: 'operating system updates',
    path: (d) => `/packages/ota/payload/${d.hex(40)}.zip`,
    fields: (d) => [
      ['User-Agent', `AndroidDownloadManager/14 (Linux; U; Android 14; Pixel 7 Build/AP2A.${d.id(6)}.005)`],
      ['Range', `bytes=${d.id(9)}-${d.id(9)}`],
      ['X-Cookie-Jar', d.base64url(20)],
    ],
  },
  {
    name: 'certificate status',
    path: (d) => `/${encodeURIComponent(d.base64(74))}`,
    fields: () => [
      ['User-Agent', 'Microsoft-CryptoAPI/10.0'],
      ['Cache-Control', 'max-age = 3600'],
      ['Connection', 'Keep-Alive'],
      ['Accept', '*/*'],
    ],
  },
  {
    name: 'captive portal check',
    path: () => '/generate_204',
    fields: (d) => [dalvik(d), ALIVE, GZIP],
  },
  {
    name: 'picture messages',
    method: 'POST',
    path: () => '/servlets/mms',
    fields: (d) => [
      ['User-Agent', 'Android-Mms/2.0'],
      ['x-wap-profile', `"http://uaprof.vendor.example/SM-A${d.id(3)}.xml"`],
      ['Accept', '*/*, application/vnd.wap.mms-message, application/vnd.wap.sic'],
      ['Content-Type', 'application/vnd.wap.mms-message'],
      ['Accept-Language', 'en'],
    ],
  },
  {
    name: 'newsreader',
    path: (d) => `/feed/${d.letters(6)}.xml?after=${millis(d)}`,
    fields: (d) => [
      okhttp(d),
      ['If-None-Match', `"${d.hex(32)}"`],
      ['X-Feed-Cursor', `${d.id(18)}_${d.id(10)}`],
      ['X-Read-State', d.base64(45)],
      ['X-Subscription-Id', d.id(9)],
      GZIP,
    ],
  },
  {
    name: 'social network',
    path: (d) => `/graph/${d.id(15)}/posts?before=${d.id(16)}`,
    fields: (d) => [
      ['User-Agent', `[FBAN/FB4A;FBAV/450.0.0.${d.id(2)};FBBV/${d.id(9)};FBDM/{density=2.6,width=1080}]`],
      ['X-FB-Connection-Type', 'mobile.LTE'],
      ['X-FB-Request-Analytics-Tags', `{"network_tags":{"product":"${d.id(15)}","retry_attempt":"0"}}`],
      ['X-FB-Device-Group', d.id(4)],
      ['X-FB-SIM-HNI', d.id(5)],
      ['X-ZERO-STATE', 'unknown'],
      ['Authorization', `OAuth ${d.id(15)}|${d.hex(32)}`],
      GZIP,
    ],
  },
  {
    name: 'translation in pictures',
    path: (d) => `/ocr?job=${d.uuid()}`,
    fields: (d) => [
      cfnetwork('Lens', d),
      ['X-Goog-Api-Key', `AIza${d.base64url(26)}`],
      ['X-Request-Digest', `SHA-256=${d.base64(32)}`],
      ['Traceparent', `00-${d.hex(32)}-${d.hex(16)}-01`],
      ['X-B3-TraceId', d.hex(16)],
    ],
  },
];
