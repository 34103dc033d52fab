// Lines of PROXY protocol, version 2, as a balancer would write them (HAProxy's doc/proxy-protocol.txt, section 2.2).

export const BINARY_START = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** `length` bytes behind the head: the source 192.0.2.1 and the destination 192.0.2.2 for IPv4, then whatever. */
export function binaryLine(command: number, family: number, length: number): Buffer {
  const head = Buffer.concat([BINARY_START, Buffer.from([command, family, length >> 8, length & 255])]);
  const behind = Buffer.alloc(length, 0x41);
  Buffer.from([192, 0, 2, 1, 192, 0, 2, 2, 0xdc, 0x04, 0x01, 0xbb]).copy(behind);
  return Buffer.concat([head, behind]);
}
