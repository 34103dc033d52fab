// IP addresses as numbers and in their one canonical spelling. It knows texts and groups, not which address is good.

/** Eight groups of 16 bits. An IPv4 address stands in the last two, behind `::ffff:`, as RFC 4291, section 2.5.5.2 maps it. */
export interface Address {
  readonly kind: 'ipv4' | 'ipv6';
  readonly groups: readonly number[];
}

/** Four decimal numbers without leading zeros, nothing else: `127.1` and `0177.0.0.1` are no addresses here. */
function ipv4Groups(text: string): readonly [number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (const part of match.slice(1)) {
    if ((part.length > 1 && part.startsWith('0')) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return [Math.floor(value / 0x1_0000), value % 0x1_0000];
}

/** The groups of one side of `::`; a dotted quad may stand last. */
function groupsOfSide(side: string, isLast: boolean): number[] | undefined {
  if (side === '') return [];
  const parts = side.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const quad = isLast && index === parts.length - 1 ? ipv4Groups(part) : undefined;
    if (quad === undefined) return undefined;
    groups.push(...quad);
  }
  return groups;
}

function ipv6Groups(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined;
  const gap = text.indexOf('::');
  if (gap < 0) {
    const groups = groupsOfSide(text, true);
    return groups?.length === 8 ? groups : undefined;
  }
  const after = text.slice(gap + 2);
  const head = groupsOfSide(text.slice(0, gap), false);
  const tail = groupsOfSide(after, true);
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** A strict dotted quad, or an IPv6 address (RFC 4291, section 2.2) without brackets and zone; else undefined. */
export function parseAddress(text: string): Address | undefined {
  const quad = ipv4Groups(text);
  if (quad !== undefined) return { kind: 'ipv4', groups: [0, 0, 0, 0, 0, 0xffff, ...quad] };
  const groups = text.includes(':') ? ipv6Groups(text) : undefined;
  return groups === undefined ? undefined : { kind: 'ipv6', groups };
}

/** Whether an IPv6 address is an IPv4 one in disguise, `::ffff:0:0/96`. True for every IPv4 address. */
export function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function dotted(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** The first of the longest runs of two or more zero groups (RFC 5952, section 4.2), as [start, end). */
function longestZeroRun(groups: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === 0) end += 1;
    if (end - start >= 2 && end - start > best[1] - best[0]) best = [start, end];
    if (end > start) start = end;
  }
  return best;
}

/** Canonical: a dotted quad, or IPv6 as RFC 5952 writes it (mapped addresses in mixed notation, section 5), no brackets. */
export function renderAddress(address: Address): string {
  const { groups } = address;
  if (address.kind === 'ipv4') return dotted(groups);
  if (isMapped(groups)) return `::ffff:${dotted(groups)}`;
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  const [start, end] = longestZeroRun(groups);
  return end === 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(end))}`;
}
