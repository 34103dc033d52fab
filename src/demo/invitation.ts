// What the demo prints, from its first line to its last. Pure: lines out of plain data.
import type { Counts } from './counts.js';

export interface InvitationOptions {
  readonly table: readonly string[];
  readonly counts: Counts;
  readonly enricher: { readonly port: number };
  readonly gateway: { readonly port: number; readonly metricsPort: number; readonly log: string };
  readonly mirror: { readonly port: number };
  readonly policyShown: string;
  /** What approved the first policy, as a user would type it. */
  readonly approvedBy: string;
  /** What approves a change, and what says how things stand, the same way. */
  readonly approves: string;
  readonly status: string;
  /** Nothing stays to be looked at. */
  readonly once: boolean;
}

const counted = ({ requests, released, stripped, contained, spoofed }: Counts): string =>
  `${requests} requests; identity headers: ${released} released, ${stripped} stripped, ${spoofed} forged and not believed; ` +
  `${contained} ${contained === 1 ? 'leak' : 'leaks'} contained.`;

/** The table with its two notes and, unless `once`, what to type next. */
export function renderInvitation(options: InvitationOptions): readonly string[] {
  const { enricher, gateway, mirror } = options;
  const curl = `curl --proxy http://127.0.0.1:${enricher.port}`;
  const shown = [
    '',
    'Nothing is released that nobody approved. So, before the gateway started, this was typed for you:',
    '',
    `  ${options.approvedBy}`,
    '',
    'Who received what (numbers are masked here; a site sees them whole)',
    '',
    ...options.table.map((line) => `  ${line}`),
    '',
    '  Columns: X-MSISDN, x-up-calling-line-id, X-IMSI, X-Forwarded-For, and the number under any other name. "-": not received.',
    '  verify.agecheck.example gets a code that stays the same for a subscriber, never the number.',
    '  (1) "routine maintenance": the network also sends the number as X-Line-Ref, a name that nobody has on a list.',
    '  (2) sent straight to the gateway, past the network, with somebody else’s number in X-MSISDN.',
    '',
    `  The gateway counted ${counted(options.counts)}`,
    '',
  ];
  if (options.once) return shown;
  return [
    ...shown,
    'See for yourself',
    '',
    '  in a browser, as a subscriber:',
    `    http://news.example.localhost:${enricher.port}/        a stranger`,
    `    http://pay.acme.example.localhost:${enricher.port}/    a partner`,
    '  in a terminal, as a subscriber:',
    `    ${curl} http://news.example/`,
    `    ${curl} http://pay.acme.example/`,
    `    curl --interface 127.0.0.7 --proxy http://127.0.0.1:${enricher.port} http://pay.acme.example/`,
    '  past the network, with a forged number:',
    `    curl --proxy http://127.0.0.1:${gateway.port} --header "X-MSISDN: 447700900999" http://pay.acme.example/`,
    '  what is counted, what the gateway says, and the dummy website by itself:',
    `    curl http://127.0.0.1:${gateway.metricsPort}/metrics`,
    `    tail -f ${gateway.log}`,
    `    http://127.0.0.1:${mirror.port}/`,
    '  the allowlist: edit it, and what takes away is in force at once; what exposes more is refused until you approve it:',
    `    ${options.policyShown}`,
    `    ${options.status}`,
    `    ${options.approves}`,
    '',
    'Ctrl-C ends it all.',
  ];
}
