// Requests as they pass a gateway: browsers, applications and devices, each with what published lists say that an enricher adds.
// Numbers, sessions, cookies and paths are drawn by a generator that always draws the same.
import { CATALOGUE } from '../../src/policy/catalogue-data.js';

export interface Head {
  readonly path: string;
  /** All fields but Host. */
  readonly lines: readonly string[];
}

/** The same numbers each time (Lehmer's generator with modulus 2^31 - 1). */
function drawing(): (below: number) => number {
  let state = 20_260_601;
  return (below) => {
    state = Number((BigInt(state) * 48_271n) % 2_147_483_647n);
    return state % below;
  };
}

const draw = drawing();
const oneOf = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
const textOf = (characters: string, length: number): string =>
  Array.from({ length }, () => characters[draw(characters.length)]).join('');
const hex = (length: number): string => textOf('0123456789abcdef', length);
const base62 = (length: number): string =>
  textOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', length);
/** Digits that do not begin as numbers of ours do. */
const digits = (length: number): string => textOf('12356789', 1) + textOf('0123456789', length - 1);
const seconds = (): string => `1${digits(9)}`;
const uuid = (): string => [8, 4, 4, 4, 12].map(hex).join('-');

const AGENTS = [
  'Mozilla/5.0 (Linux; Android 13; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; U; Android 4.4.2; en-gb; SM-G900F Build/KOT49H) AppleWebKit/534.30 Version/4.0 Mobile Safari/534.30',
  'Dalvik/2.1.0 (Linux; U; Android 12; SM-A125F Build/SP1A.210812.016)',
  'okhttp/4.9.3',
  'Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/191.324; U; en) Presto/2.12.423 Version/12.16',
  'Microsoft-CryptoAPI/10.0',
  'NokiaC3-00/5.0 (08.63) Profile/MIDP-2.1 Configuration/CLDC-1.1 Mozilla/5.0 AppleWebKit/420+',
  'AppleCoreMedia/1.0.0.20F66 (iPhone; U; CPU OS 16_5 like Mac OS X; en_gb)',
  'GSM-MMS/2.0 Android-Mms/2.0',
];

const COOKIES = [
  () => `_ga=GA1.2.${digits(9)}.${seconds()}; _gid=GA1.2.${digits(10)}.${seconds()}; _gat=1`,
  () => `PHPSESSID=${textOf('0123456789abcdefghijklmnopqrstuv', 26)}; lang=en`,
  () => `JSESSIONID=${hex(32).toUpperCase()}; theme=dark; last=${seconds()}123`,
  () => `sid=s%3A${base62(32)}.${base62(43)}; connect=${uuid()}`,
  () => `prefs=%7B%22units%22%3A%22metric%22%2C%22n%22%3A${digits(3)}%7D; euconsent=${base62(120)}`,
  () => `prefs={"units":"metric","seen":[${digits(6)},${digits(6)}]}; fbp=fb.1.${seconds()}123.${digits(9)}`,
  () => `u=http%3A%2F%2Fwww.site.example%2Fp%3Fa%3D1%26b%3Dc%2Bd; name=caf%C3%A9%20noir`,
  () => `wordpress_logged_in_${hex(32)}=user%7C${seconds()}%7C${base62(43)}%7C${hex(64)}`,
  () => `__cfduid=d${hex(42)}; ASP.NET_SessionId=${textOf('abcdefghijklmnopqrstuvwxyz012345', 24)}; _hjid=${uuid()}`,
];

const PATHS = [
  () => '/',
  () => `/news/${digits(8)}/today.html?utm_source=a&utm_id=${digits(6)}`,
  () => `/static/js/app.${hex(20)}.js`,
  () => `/search?q=caf%C3%A9+noir&x=%20y%2Fz%3A%40&page=${digits(2)}`,
  () => `/api/v2/items?after=${seconds()}&sig=${base62(27)}%3D`,
  () => `/pixel.gif?r=http%3A%2F%2Fwww.site.example%2F&cb=${digits(13)}&uid=${uuid()}`,
  () => `/seg/${digits(4)}/video_${digits(9)}.ts`,
  () => `/img/${hex(2)}/${hex(32)}.jpg?w=640`,
];

const OTHERS = [
  () => 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  () => 'Accept-Language: en-GB,en;q=0.5',
  () => 'Accept-Encoding: gzip, deflate',
  () => 'Upgrade-Insecure-Requests: 1',
  () => 'Cache-Control: max-age=0',
  () => `If-None-Match: W/"${hex(16)}-${digits(5)}"`,
  () => 'If-Modified-Since: Wed, 01 Jan 2025 00:00:00 GMT',
  () => `Range: bytes=${digits(7)}-${digits(8)}`,
  () => 'X-Requested-With: com.example.app',
  () => `X-Request-Id: ${uuid()}`,
  () => `X-Runtime-Id: ${digits(6)}`,
  () => 'Save-Data: on',
  () => 'DNT: 1',
  () => `Authorization: Basic ${base62(20)}`,
  () => `X-Device-Id: ${hex(16)}`,
  () => `X-Session: ${base62(40)}`,
  () => 'Connection: keep-alive',
  () => 'Via: 1.1 gw.operator.example',
  () => `X-App-Version: 4.${digits(2)}.${digits(1)}`,
];

/** What the classes of the catalogue hold. */
function valueFor(carries: string): string {
  switch (carries) {
    case 'msisdn':
      return oneOf(['447700900', '+447700900', '07700900']) + textOf('0123456789', 3);
    case 'imsi_imei':
      return `00101${digits(10)}`;
    case 'token':
      return oneOf([() => base62(40), uuid, () => hex(32), () => `${base62(30)}/${base62(10)}==`, () => digits(6)])();
    case 'address':
      return `10.${draw(256)}.${draw(256)}.${draw(256)}`;
    default:
      return oneOf(['3G', '00101', 'GGSN-7', 'internet', '51.5;-0.12']);
  }
}

const ENRICHED = CATALOGUE.filter(({ grade, name }) => grade !== 'C' && name !== undefined);

/** 3,000 of them; two in three carry identity. */
export function realisticHeads(): readonly Head[] {
  return Array.from({ length: 3000 }, (_, i) => {
    const lines = [`User-Agent: ${oneOf(AGENTS)}`];
    for (const other of OTHERS) if (draw(10) < 4) lines.push(other());
    if (draw(10) < 6) lines.push(`Cookie: ${oneOf(COOKIES)()}; ${oneOf(COOKIES)()}`);
    if (draw(10) < 5) lines.push(`Referer: http://www.site.example${oneOf(PATHS)()}`);
    for (let more = i % 3; more > 0; more -= 1) {
      const entry = oneOf(ENRICHED);
      lines.push(`${entry.name ?? ''}: ${valueFor(entry.class)}`);
    }
    return { path: oneOf(PATHS)(), lines };
  });
}
