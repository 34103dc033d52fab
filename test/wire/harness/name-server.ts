// A tiny DNS server on loopback (RFC 1035): the names that a case gives it, their time to live, and a record of what was asked.
import { createSocket, type Socket } from 'node:dgram';

export interface Zone {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  /** Seconds. */
  readonly ttl: number;
  /** Milliseconds before the answer for a family is sent; `never` for none. */
  readonly delayMs?: { readonly a?: number | 'never'; readonly aaaa?: number | 'never' };
}

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** The 16 octets of an address written in full or with one `::`. */
function octetsOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [left = '', right] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const tail = right === undefined ? [] : groups(right);
  const zeros = new Array<string>(8 - groups(left).length - tail.length).fill('0');
  return Buffer.concat(
    [...groups(left), ...(right === undefined ? [] : zeros), ...tail].map((group) => {
      const value = Number.parseInt(group, 16);
      return Buffer.from([value >> 8, value & 255]);
    }),
  );
}

export class NameServer {
  /** By lower-case name; a name that is not here does not exist (NXDOMAIN). */
  readonly zones = new Map<string, Zone>();
  /** Every question: `pay.example A`. */
  readonly asked: string[] = [];
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('message', (message, from) => {
      const answer = this.answer(message);
      if (answer === undefined) return;
      const send = (): void => {
        socket.send(answer.bytes, from.port, from.address, () => undefined);
      };
      if (answer.delayMs === 0) send();
      else setTimeout(send, answer.delayMs).unref();
    });
  }

  static async start(): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new NameServer(socket);
  }

  /** As the setting `destinations.resolvers` writes it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  private answer(message: Buffer): { readonly bytes: Buffer; readonly delayMs: number } | undefined {
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length !== 0; length = message[at] ?? 0) {
      labels.push(message.toString('latin1', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const name = labels.join('.').toLowerCase();
    const type = message.readUInt16BE(at + 1);
    const question = message.subarray(12, at + 5);
    const family = type === TYPE_A ? 'a' : type === TYPE_AAAA ? 'aaaa' : undefined;
    this.asked.push(`${name} ${family === undefined ? String(type) : family.toUpperCase()}`);
    const zone = this.zones.get(name);
    const delay = family === undefined ? 0 : (zone?.delayMs?.[family] ?? 0);
    if (delay === 'never') return undefined;
    const addresses = family === undefined ? [] : (zone?.[family] ?? []);
    const header = Buffer.alloc(12);
    header.writeUInt16BE(message.readUInt16BE(0), 0);
    header.writeUInt16BE(0x8180 | (zone === undefined ? 3 : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const records = addresses.map((address) => {
      const octets = octetsOf(address);
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(zone?.ttl ?? 0, 6);
      record.writeUInt16BE(octets.length, 10);
      return Buffer.concat([record, octets]);
    });
    return { bytes: Buffer.concat([header, question, ...records]), delayMs: delay };
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}
