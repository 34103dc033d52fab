// The ways in which operators and partners were seen to write identity, by number, and whether a value so written is found where its
// header is known. Made without the code under test; numbers of the drama range and of the test network alone.
import { createCipheriv, createHash, createHmac } from 'node:crypto';

export interface Encoding {
  /** In the list of what was seen in the field, from 1. */
  readonly number: number;
  readonly name: string;
  /** What the network says under a name that is known. */
  readonly carried: readonly [header: string, value: string];
  /** The same identity, under a name that nobody knows. */
  readonly written: string;
  /** Absent: it is found. Else why it cannot be, as docs/detection.md says it. */
  readonly missed?: string;
  /** Why it is not found right behind a slash. */
  readonly missedAsPath?: string;
}

const NUMBER = '447700900123';
const NATIONAL = '7700900123';
const IMSI = '001010123456789';
/** A handset's, sixteen digits with the version of its software. */
const IMEISV = '0010101234567890';

const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const swapped = (digits: string): string => `${digits}${digits.length % 2 === 0 ? '' : 'f'}`.replace(/(.)(.)/g, '$2$1');
const digest = (algorithm: string, text: string): Buffer => createHash(algorithm).update(text).digest();
/** Bytes that look random and are the same each time. */
const key = (bytes: number): Buffer =>
  Buffer.concat(Array.from({ length: Math.ceil(bytes / 32) }, (_, i) => digest('sha256', `key ${String(i)}`))).subarray(
    0,
    bytes,
  );

/** As the partner's decoder expects it: one padded block. */
const AES_BLOCK = ((): string => {
  const cipher = createCipheriv('aes-128-cbc', key(16), key(16));
  return Buffer.concat([cipher.update(NUMBER), cipher.final()]).toString('base64');
})();
const AES_GCM = ((): string => {
  const nonce = key(12);
  const cipher = createCipheriv('aes-256-gcm', key(32), nonce);
  const text = Buffer.concat([cipher.update(NUMBER), cipher.final()]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64');
})();
/** A stream cipher's output has the length of the number. */
const STREAM = createHmac('sha256', key(16))
  .update(NUMBER)
  .digest('hex')
  .slice(0, 2 * NUMBER.length);
const RSA = key(256).toString('base64');
const HMAC = createHmac('sha256', key(32)).update(NUMBER).digest('hex');
const UIDH = Buffer.concat([Buffer.from('123456789\0'), key(32)]).toString('base64');
const ACR = key(24).toString('hex');
/** Of EAP-AKA’: the digit in front says so. */
const PERMANENT = `6${IMSI}@nai.epc.mnc001.mcc001.3gppnetwork.org`;
const SPRINT = 'eGtUdrzFWHqbGxQk2w9I-';
const COMPOSITE = `044001STATRSV02026-06-01T12:00:00.000${RSA}`;

const LINE = ['X-MSISDN', NUMBER] as const;
const SUBSCRIBER = ['X-IMSI', IMSI] as const;

const ENCRYPTED =
  'encrypted or keyed, where the header that is known carries the number itself: only the key tells that they are one';
const PIECES = 'digits with hyphens between them: other digits than those of the number in one piece';
const GLUED = 'a number with further digits behind it: no run of digits is the number';
const ADDRESS =
  'an address of mail or `sip:` with neither number nor token in front of its `@`, where no other header that is known carries the number: its value is not looked for';
const DATED = 'an ACR with a date and a time in it, where no other header carries it: its value is not looked for';
const AGAINST =
  'a digest in base64 with a slash or another character of base64 right against it, as in a path: the run has another length';
const DUMMY = 'a placeholder of the policy: it is nobody’s';

export const ENCODINGS: readonly Encoding[] = [
  { number: 1, name: 'international digits', carried: LINE, written: NUMBER },
  { number: 2, name: 'with a plus', carried: LINE, written: `+${NUMBER}` },
  { number: 3, name: 'national, with its 0', carried: LINE, written: `0${NATIONAL}` },
  { number: 3, name: 'national, ten digits', carried: LINE, written: NATIONAL },
  { number: 4, name: 'known without its country code', carried: ['X-MSISDN', NATIONAL], written: NUMBER },
  { number: 4, name: 'without its country code in both', carried: ['X-MSISDN', NATIONAL], written: NATIONAL },
  { number: 5, name: 'with 00', carried: LINE, written: `00${NUMBER}` },
  { number: 5, name: 'known with 00', carried: ['X-MSISDN', `00${NUMBER}`], written: NUMBER },
  { number: 6, name: 'hex of its digits', carried: LINE, written: hex(NUMBER) },
  {
    number: 6,
    name: 'hex in capitals, of the form with a plus',
    carried: LINE,
    written: hex(`+${NUMBER}`).toUpperCase(),
  },
  { number: 7, name: 'hex with its length in front', carried: LINE, written: `0c${hex(NUMBER)}` },
  { number: 8, name: 'TBCD', carried: LINE, written: swapped(NUMBER) },
  { number: 8, name: 'TBCD of an IMSI, with its filler', carried: SUBSCRIBER, written: swapped(IMSI) },
  { number: 9, name: 'base64 of its digits', carried: LINE, written: base64(NUMBER) },
  { number: 9, name: 'base64 of the form with a plus', carried: LINE, written: base64(`+${NUMBER}`) },
  { number: 9, name: 'base64 of a sentence', carried: LINE, written: base64(`id=${NUMBER};`) },
  { number: 10, name: 'one block of AES in both', carried: ['X-ZTGO-BearerAddress', AES_BLOCK], written: AES_BLOCK },
  { number: 10, name: 'one block of AES', carried: LINE, written: AES_BLOCK, missed: ENCRYPTED },
  { number: 11, name: 'AES-128-CBC', carried: LINE, written: AES_BLOCK, missed: ENCRYPTED },
  { number: 12, name: 'RC4 in hex, in both', carried: ['X-MSISDN', STREAM], written: STREAM },
  { number: 12, name: 'RC4 in hex', carried: LINE, written: STREAM, missed: ENCRYPTED },
  { number: 13, name: 'AES-256-GCM in both', carried: ['X-MSISDN', AES_GCM], written: AES_GCM },
  { number: 13, name: 'AES-256-GCM', carried: LINE, written: AES_GCM, missed: ENCRYPTED },
  { number: 14, name: 'RSA in both', carried: ['X-ACR', RSA], written: RSA },
  { number: 14, name: 'RSA', carried: LINE, written: RSA, missed: ENCRYPTED },
  { number: 15, name: 'MD5', carried: LINE, written: digest('md5', NUMBER).toString('hex') },
  {
    number: 15,
    name: 'SHA-1 of the form with a plus',
    carried: LINE,
    written: digest('sha1', `+${NUMBER}`).toString('hex'),
  },
  { number: 15, name: 'SHA-256', carried: LINE, written: digest('sha256', NUMBER).toString('hex') },
  {
    ...{ number: 15, name: 'SHA-256 in base64', carried: LINE, missedAsPath: AGAINST },
    written: digest('sha256', NUMBER).toString('base64'),
  },
  { number: 15, name: 'HMAC in both', carried: ['X-MSISDN', HMAC], written: HMAC },
  { number: 15, name: 'HMAC', carried: LINE, written: HMAC, missed: ENCRYPTED },
  { number: 16, name: 'the user of a NAI', carried: LINE, written: `${NUMBER}@wlan.operator.example` },
  {
    ...{ number: 16, name: 'a NAI that only its own header carries' },
    ...{ carried: ['X-Up-NAI', `${NUMBER}@wlan.operator.example`], written: `${NUMBER}@wlan.operator.example` },
  },
  {
    ...{ number: 16, name: 'the number of a NAI that only its own header carries' },
    ...{ carried: ['X-Up-NAI', `${NUMBER}@wlan.operator.example`], written: `0${NATIONAL}` },
  },
  { number: 16, name: 'the IMSI of the NAI of a phone', carried: ['X-NAI-ID', PERMANENT], written: IMSI },
  { number: 16, name: 'the NAI of a phone', carried: SUBSCRIBER, written: PERMANENT },
  { number: 16, name: 'the NAI of a phone in both', carried: ['X-NAI-ID', PERMANENT], written: PERMANENT },
  {
    ...{ number: 16, name: 'a token in front of a realm', written: SPRINT },
    carried: ['X-Up-NAI', `${SPRINT}@operator.example`],
  },
  {
    ...{ number: 16, name: 'a NAI of a name', missed: ADDRESS },
    ...{ carried: ['X-Up-NAI', 'first.last@operator.example'], written: 'first.last@operator.example' },
  },
  { number: 17, name: 'in a list', carried: LINE, written: `GPRS,${NUMBER},10.100.246.217,wap.example,unsecured` },
  {
    ...{ number: 17, name: 'known in a list', written: NUMBER },
    carried: ['X-Network-Info', `GPRS,${NUMBER},10.100.246.217,wap.example,unsecured`],
  },
  {
    ...{ number: 18, name: 'a token with attributes', carried: ['X-ACR', `${ACR};ncc=00101;type=Dynamic`] },
    written: `${ACR};ncc=00101;type=Dynamic`,
  },
  { number: 18, name: 'the token without its attributes', carried: ['X-ACR', `${ACR};ncc=00101`], written: ACR },
  { number: 19, name: 'an ACR in parts', carried: ['X-ACR', COMPOSITE], written: COMPOSITE, missed: DATED },
  { number: 20, name: 'with the time behind it', carried: LINE, written: `${NUMBER}1780272000`, missed: GLUED },
  {
    ...{ number: 20, name: 'with the time behind it, in both' },
    ...{ carried: ['X-MSISDN', `${NUMBER}1780272568`], written: `${NUMBER}1780272568` },
  },
  { number: 21, name: 'UIDH', carried: ['X-UIDH', UIDH], written: UIDH },
  {
    ...{ number: 22, name: 'a carrier’s token', carried: ['X-Up-SubNo', 'T_ILL_CHI_1311270000010467'] },
    written: 'T_ILL_CHI_1311270000010467',
  },
  {
    ...{ number: 23, name: 'a placeholder', carried: ['X-MSISDN', '99999999999'], written: '99999999999' },
    missed: DUMMY,
  },
  { number: 24, name: 'tel:', carried: LINE, written: `tel:+${NUMBER}` },
  { number: 24, name: 'sip:', carried: LINE, written: `sip:+${NUMBER}@ims.operator.example` },
  { number: 24, name: 'known as tel:', carried: ['X-MSISDN', `tel:+${NUMBER}`], written: NUMBER },
  {
    ...{ number: 24, name: 'known as sip: alone', written: NUMBER },
    carried: ['X-MSISDN', `<sip:+${NUMBER}@ims.operator.example>;user=phone`],
  },
  {
    ...{ number: 24, name: 'known as sip: alone, in both' },
    carried: ['X-MSISDN', `sip:+${NUMBER}@ims.operator.example`],
    written: `sip:+${NUMBER}@ims.operator.example`,
  },
  {
    ...{ number: 24, name: 'known as tel: in pieces', written: NUMBER },
    carried: ['X-MSISDN', 'tel:+44-7700-900123;phone-context=operator.example'],
  },
  {
    number: 24,
    name: 'known as urn:gsma:imei:',
    carried: ['X-IMEI', 'urn:gsma:imei:00101012-345678-90'],
    written: IMEISV,
  },
  { number: 24, name: 'urn:gsma:imei:', carried: ['X-IMEI', IMEISV], written: `urn:gsma:imei:${IMEISV}` },
  {
    number: 25,
    name: 'an IMEI with hyphens',
    carried: ['X-IMEI', IMEISV],
    written: '00101012-345678-90',
    missed: PIECES,
  },
  {
    ...{ number: 25, name: 'an IMEI with hyphens in both' },
    ...{ carried: ['X-IMEI', '00101012-345678-90'], written: '00101012-345678-90' },
  },
  { number: 26, name: 'a percent-encoded plus', carried: LINE, written: `%2B${NUMBER}` },
  { number: 26, name: 'each digit percent-encoded', carried: LINE, written: NUMBER.replaceAll(/./g, '%3$&') },
  { number: 26, name: 'a percent-encoded token', carried: ['X-UIDH', UIDH], written: encodeURIComponent(UIDH) },
];
