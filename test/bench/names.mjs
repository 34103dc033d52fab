// What all of the run agree on: the 12 names that every proxy strips, the hosts of partners and strangers, who is asked for.

export const NAMES = [
  ...['X-MSISDN', 'X-Up-Calling-Line-ID', 'MSISDN', 'X-Nokia-MSISDN', 'X-H3G-MSISDN', 'X-WAP-MSISDN'],
  ...['X-IMSI', 'X-Nokia-IMSI', 'X-IMEI', 'X-Up-Subno', 'X-UIDH', 'X-ACR'],
];

/** The two that the enricher of the run adds, and that partners are released. */
export const ENRICHED = ['X-MSISDN', 'X-Up-Calling-Line-ID'];

const numbered = (count, nameOf) => Array.from({ length: count }, (_, i) => nameOf(String(i).padStart(4, '0')));

/** 1,000 partners, a host each. */
export const PARTNERS = numbered(1000, (n) => `www.partner${n}.example`);
/** One more partner, reached through TLS; its certificate is for `*.secure.example`. */
export const SECURE = numbered(64, (n) => `host${n}.secure.example`);
/** Of a partner that gets a pseudonym in the place of each number. */
export const PSEUDONYMS = numbered(64, (n) => `host${n}.pseudonym.example`);
const STRANGERS = numbered(1000, (n) => `www.site${n}.example`);
const SIXTEENTHS = PARTNERS.filter((_, i) => i % 16 === 3);

/** 64 hosts are asked for in turn: enough that none stays the only warm one. */
export const ASKED = {
  strangers: STRANGERS.slice(0, 64),
  partners: [...SIXTEENTHS, PARTNERS[0]],
  secure: SECURE,
  pseudonyms: PSEUDONYMS,
  one: STRANGERS.slice(0, 1),
  thousand: STRANGERS,
  // The ten are in a policy of any size; the rest is looked up in it and is nobody's.
  policy: [...SIXTEENTHS.slice(0, 10), ...STRANGERS.slice(0, 54)],
};
