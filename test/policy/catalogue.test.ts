// The catalogue against the names that published sources give, and what it says of each.
import { keyOf } from '../../src/names/key.js';
import { CATALOGUE } from '../../src/policy/catalogue-data.js';
import { catalogueIdentities, catalogueIdentityOf } from '../../src/policy/catalogue.js';
import { identifierOf } from '../../src/policy/identify.js';
import { renderCatalogue } from '../../src/policy/render-catalogue.js';

/** Every header name that the surveyed sources give, in the spellings they give. */
const PUBLISHED = `
  _rapmin bearer bearer-indication bearer-type calling-station-id calling_station_id cell-id cli client-ip
  clientid forwarded http_cli i-msisdn igcli imei imisdn imsi lbs-eventtime lbs-zoneid mdn mscope-msisdn
  msisdn nbg-imp-msisdn new-bearer-header nokia-bearer o2gw-id p-asserted-identity pimmsisdn profile
  proxy-client-ip rapmin rim-device-id tm-user-id tm_user-id true-client-ip user-identity-forward-msisdn
  userip via vzv-msisdn wl-proxy-client-ip x-3gpp-asserted-identity x-3gpp-intended-identity
  x-access-subnym x-acr x-amobee-1 x-amobee-2 x-apn-id x-att-deviceid x-avantgo-userid x-bam-msisdn
  x-bearer-qos x-bearer-type x-called-station-id x-cell-id x-cisco-msisdn x-client-ip x-dcmguid x-dmp-md5
  x-drutt-device-id x-drutt-portal-user-id x-drutt-portal-user-msisdn x-du-msisdn x-em-uid
  x-ericsson-msisdn x-fh-msisdn x-forwarded-for x-forwarded-for-msisdn x-forwarded-msisdn x-ggsnip
  x-h3g-acct-data x-h3g-msisdn x-h3g-party-id x-ht-msisdn x-hts-clid x-huawei-msisdn x-huawei-nasip
  x-huawei-networktype x-huawei-userid x-hutch-msisdn x-hutchison-subscriber x-imei x-imsi x-int-opco
  x-internet-msisdn x-intp-opco x-jinny-cid x-jinny.cid x-jphone-uid x-lac x-mdn x-mobile-gateway x-msisdn
  x-msisdn-alias x-msp-clid x-msp-msisdn x-mti-email x-mti-empid x-mti-username x-nai-id x-nas-identifier
  x-network-info x-nokia-alias x-nokia-authorization x-nokia-bearer x-nokia-charging-id x-nokia-charging_id
  x-nokia-connection_mode x-nokia-gateway-id x-nokia-ggsn x-nokia-imsi x-nokia-ip-address
  x-nokia-ip_address x-nokia-ipaddress x-nokia-localsocket x-nokia-maxdownlinkbitrate
  x-nokia-maxuplinkbitrate x-nokia-msisdn x-nokia-musicshop-bearer x-nokia-prepaid-ind x-nokia-prepaid_ind
  x-nokia-remotesocket x-nokia-roaming x-nokia-sgsn x-nokia-wtls x-nx-clid x-online-host x-operator-msisdn
  x-opwv-ddm-httpmiscdd x-opwv-ddm-identity x-opwv-ddm-subscriber x-orange-cli x-orange-id x-orange-roaming
  x-party-id x-piper-id x-rat-type x-real-ip x-roaming x-sdp-msisdn x-sdp-roaming x-source-id
  x-source-msisdn x-subscriber x-subscriber-id x-subscriber-info x-subscrstatus x-surfopen-msisdn
  x-telenor-acr x-telenor-msisdn x-three-msisdn x-uidh x-up-3gpp-imeisv x-up-bear-type x-up-bearer-type
  x-up-calling-line x-up-calling-line-id x-up-ch-msisdn x-up-gl-imei x-up-gl-subno x-up-location x-up-lsid
  x-up-nai x-up-sgsn-hmccmnc x-up-subno x-up-subscriber-cos x-up-txid x-up-uplink x-up-vodacomgw-subid
  x-user-location-info x-vf-acr x-vf-subscriber x-vodafone-3gpdpcontext x-vodafone-msisdn
  x-wap-3gpp-charging-id x-wap-3gpp-imsi x-wap-3gpp-msisdn x-wap-3gpp-rat-type x-wap-3gpp-sgsn-address
  x-wap-3gpp-sgsn-mcc-mnc x-wap-3gpp-user-class x-wap-client-ip x-wap-clientid x-wap-fh-subscriber-info
  x-wap-msisdn x-wap-network-client-msisdn x-wap-profile x-wap-profile-diff x-wap-sesiones3g-mdn
  x-wapipaddr x-wsb-cli x-wsb-identity x-wte-msisdn x-zain-msisdn x-zain-subscriber x-ztgo-beareraddress
  x_msisdn x_mti_email x_mti_empid x_mti_username x_up_calling_line_id x_wap_network_client_msisdn xmsisdn
  y-msisdn X-Nokia-WAP-loc-lat x-nokia-wap-loc-long x-nokia-wap-loc-gsm-information
  x-nokia-wap-loc-locationinfo-method x-nokia-wap-loc-ll-format x-nokia-wap-loc-pn-format
  x-nokia-wap-loc-actual-ll x-nokia-wap-loc-accuracy x-nokia-wap-loc-error
`
  .trim()
  .split(/\s+/);

const identify = identifierOf([]);

test('it has 187 names and 6 prefixes, of 6 classes', () => {
  expect(CATALOGUE.filter((entry) => entry.name !== undefined)).toHaveLength(187);
  expect(CATALOGUE.filter((entry) => entry.prefix !== undefined)).toHaveLength(6);
  const perClass: Record<string, number> = {};
  for (const entry of CATALOGUE) perClass[entry.class] = (perClass[entry.class] ?? 0) + 1;
  expect(perClass).toEqual({ msisdn: 67, token: 42, imsi_imei: 9, network: 54, location: 8, address: 13 });
});

test('the surveyed sources give 212 spellings of names', () => {
  expect(PUBLISHED).toHaveLength(212);
});

test.each(PUBLISHED)('%s is known', (name) => {
  expect(identify(name)).toBeDefined();
});

test('nothing is in it twice: no two names share a key, each entry has a name or a prefix', () => {
  const keys = CATALOGUE.flatMap((entry) => (entry.name === undefined ? [] : [keyOf(entry.name)]));
  expect(new Set(keys).size).toBe(keys.length);
  for (const entry of CATALOGUE) expect((entry.name === undefined) !== (entry.prefix === undefined)).toBe(true);
});

test('grades A and B are withheld, C is only counted, unless a withheld prefix covers it', () => {
  for (const entry of CATALOGUE) {
    const action = catalogueIdentityOf(keyOf(entry.name ?? entry.prefix ?? ''))?.action;
    const isCovered = entry.name?.startsWith('x-wap-3gpp-') === true;
    expect([entry.name, action]).toEqual([entry.name, entry.grade === 'C' && !isCovered ? 'count' : 'strip']);
  }
  const covered = { action: 'strip', class: 'msisdn', label: 'x-wap-3gpp-msisdn' };
  expect(catalogueIdentityOf('xwap3gppmsisdn')).toMatchObject(covered);
});

test.each([
  ['X-MSISDN', 'x-msisdn', 'msisdn'],
  ['HTTP_X_MSISDN', 'x-msisdn', 'msisdn'],
  ['x.Msisdn', 'x-msisdn', 'msisdn'],
  ['TM_user-id', 'tm-user-id', 'token'],
  ['X-Up-Calling-Line-ID', 'x-up-calling-line-id', 'msisdn'],
  ['x-forwarded-for', 'x-forwarded-for', 'address'],
  ['Client-ID', 'clientid', 'token'],
  ['X-OPWV-DDM-New-Thing', 'x-opwv-ddm-*', 'token'],
  ['http_x_h3g_anything', 'x-h3g-*', 'token'],
])('%s is %s of class %s', (name, label, carries) => {
  expect(identify(name)).toMatchObject({ label, class: carries, source: 'catalogue' });
});

test.each([
  ...[
    'Host',
    'Cookie',
    'User-Agent',
    'Accept',
    'Referer',
    'X-Request-Id',
    'Authorization',
    'Content-Type',
    'HTTP_HOST',
  ],
  ...['x-uid', '', '-', 'http', 'X-MSISDN2', 'İMSİ', '__proto__', 'constructor'],
])('%j is no identity header', (name) => {
  expect(identify(name)).toBeUndefined();
});

test('only names of ordinary applications may be watched', () => {
  const common = catalogueIdentities().filter((identity) => identity.common);
  expect(common.map((identity) => identity.label).sort()).toEqual([
    'bearer',
    'cli',
    'clientid',
    'profile',
    'via',
    'x-party-id',
    'x-source-id',
    'x-subscriber-id',
    'x-wap-profile',
    'x-wap-profile-diff',
  ]);
});

test('it is printed with every entry, in three formats', () => {
  const json = JSON.parse(renderCatalogue('json')) as { header: string; action: string }[];
  expect(json).toHaveLength(CATALOGUE.length);
  expect(json.find((row) => row.header === 'x-msisdn')?.action).toBe('strip');
  expect(renderCatalogue('markdown').trim().split('\n')).toHaveLength(CATALOGUE.length + 2);
  const lines = renderCatalogue('text').trim().split('\n');
  expect(lines).toHaveLength(CATALOGUE.length + 1);
  expect(lines[0]).toMatch(/^HEADER +CLASS +GRADE +ACTION +COMMON +SEEN$/);
});
