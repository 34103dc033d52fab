// The shape of canary.yaml, written once: the value, the messages and the JSON Schema come from here. Reads no file.
import { z } from 'zod';
import { adminAddress, duration, fixedAddress, listenAddress, path } from '../control/setting-scalars.js';
import { parseAddress } from '../names/address.js';
import { parseAuthority } from '../names/authority.js';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

const url = z.string().refine((text) => hostOf(text) !== undefined, {
  error: 'it takes `http://` and a host, with a path where you like, for example `http://mirror.operator.example/`',
});
const header = z.string().regex(NAME, 'it takes the name of a header');
const value = z.string().regex(/^[\x21-\x7e]{6,512}$/, 'it takes 6 to 512 printable characters without a space');
const address = z.string().refine((text) => parseAddress(text) !== undefined, { error: 'it takes an IP address' });

/** Where requests are sent and from which address of this machine. */
const entry = { proxy: fixedAddress, from: address.optional() };

function hostOf(text: string): string | undefined {
  const authority = /^http:\/\/([^/?#]+)(?:\/[^?#\s]*)?$/.exec(text)?.[1];
  return authority === undefined || parseAuthority(authority, 80) === undefined ? undefined : authority;
}

/** The whole file. Output: durations in milliseconds, addresses as `{ host, port }`, paths as written. */
export const canarySchema = z.strictObject({
  every: duration('1s', '1d').prefault('30s').describe('From the beginning of a round to the next.'),
  within: duration('100ms', '5m').prefault('10s').describe('Patience with one request.'),
  network: z
    .strictObject({
      ...entry,
      adds: z
        .boolean()
        .default(false)
        .describe(
          'true: the network adds what `carries` says by itself; false: the canary does, from a trusted address.',
        ),
    })
    .describe('The way of a subscriber: an enricher, or the gateway itself, as an HTTP proxy.'),
  carries: z
    .array(z.strictObject({ header, value }))
    .min(1)
    .max(20)
    .describe('What the network says of the canary’s test SIM.'),
  ownTestSims: z
    .boolean()
    .default(false)
    .describe('true: `carries` and `spoof` may name test SIMs of yours, beside the numbers that nobody has.'),
  strangers: z.array(url).min(1).max(50).describe('Places of the mirror at hosts that are no partner’s.'),
  partner: url.describe('A place of the mirror at a host to which the policy releases something of `carries`.'),
  spoof: z
    .strictObject({ ...entry, value })
    .optional()
    .describe('A way past the network, from an address that is not trusted, and the number that is forged on it.'),
  boundary: z
    .strictObject({ ...entry, perRound: z.int().min(1).max(10_000).default(200) })
    .optional()
    .describe('The canary’s own listener on the gateway, and how many hosts a round asks for there.'),
  listener: z.string().min(1).optional().describe('The listener as which the policy judges the canary.'),
  policy: path
    .optional()
    .describe('The policy as agreed: what must be in force. Absent: what runs is taken for agreed.'),
  live: z
    .strictObject({ admin: adminAddress, token: path.optional() })
    .optional()
    .describe('The admin API of the gateway, and the file with a token of role `read`: its rules have edges too.'),
  metrics: z
    .union([listenAddress, z.literal('off')])
    .prefault('127.0.0.1:9467')
    .describe('Where GET /metrics, /livez, /readyz and /version are served.'),
});
