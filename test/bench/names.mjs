// What all of the run agree on: the 12 names that every proxy strips, the 1,000 partners, the hosts that are asked for.

/** In the order in which the origin tells them at /seen. */
export const NAMES = [
  ...['X-MSISDN', 'X-Up-Calling-Line-ID', 'MSISDN', 'X-Nokia-MSISDN', 'X-H3G-MSISDN', 'X-WAP-MSISDN'],
  ...['X-IMSI', 'X-Nokia-IMSI', 'X-IMEI', 'X-Up-Subno', 'X-UIDH', 'X-ACR'],
];

/** The two that the enricher of the run adds, and that partners are released. */
export const ENRICHED = ['X-MSISDN', 'X-Up-Calling-Line-ID'];

export const PARTNERS = Array.from({ length: 1000 }, (_, i) => `www.partner${String(i).padStart(4, '0')}.example`);

/** 64 hosts are asked for in turn: enough that none stays the only warm one. */
export const ASKED = {
  strangers: Array.from({ length: 64 }, (_, i) => `www.site${String(i).padStart(2, '0')}.example`),
  partners: PARTNERS.filter((_, i) => i % 16 === 3).slice(0, 64),
};
