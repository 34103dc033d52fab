// A request whose Upgrade we do not follow, as the bytes that Node's parser must see again to read it as a plain request.
// Node 20 has already given the connection up as a tunnel; there is no public way to decline that.
import type { IncomingMessage } from 'node:http';
import { requestHeadOf } from './head-of.js';

/** The head without Upgrade and without the `upgrade` option of Connection, everything else byte for byte (latin1). */
export function rewoundHead(request: IncomingMessage): Buffer {
  const { method, target, version, fields } = requestHeadOf(request);
  let text = `${method} ${target} HTTP/${version}\r\n`;
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    if (lower === 'upgrade') continue;
    const kept = lower === 'connection' ? withoutUpgrade(value) : value;
    text += `${name}: ${kept}\r\n`;
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}

function withoutUpgrade(value: string): string {
  return value
    .split(',')
    .filter((option) => option.trim().toLowerCase() !== 'upgrade')
    .join(',');
}
