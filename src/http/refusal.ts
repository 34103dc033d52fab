// Every reason for which a request is answered by us and contacts nobody: the closed list that metrics and docs share.

/** Status and the one-line meaning of each refusal code; the code is the `why` label and the body's only word. */
export const REFUSALS = {
  'client-address': { status: 403, meaning: 'the peer is not in the listener’s clients' },
  syntax: { status: 400, meaning: 'the head is not HTTP/1.x as RFC 9112 writes it' },
  version: { status: 505, meaning: 'a version other than 1.0 and 1.1' },
  method: { status: 501, meaning: 'a method that we do not know' },
  trace: { status: 405, meaning: 'TRACE returns the fields to whoever asked' },
  target: { status: 400, meaning: 'the request target is not one of the four forms' },
  scheme: { status: 400, meaning: 'an absolute target with a scheme other than http' },
  host: { status: 400, meaning: 'no Host, two of them, or one that is not a strict authority' },
  framing: { status: 400, meaning: 'lengths or codings that two parsers could read differently' },
  'transfer-coding': { status: 501, meaning: 'a transfer coding other than chunked' },
  trailer: { status: 400, meaning: 'a malformed trailer section' },
  expect: { status: 417, meaning: 'an expectation other than 100-continue' },
  upgrade: { status: 400, meaning: 'a malformed WebSocket handshake' },
  'upgrade-version': { status: 426, meaning: 'a WebSocket version other than 13' },
  'head-size': { status: 431, meaning: 'the head is over limits.headBytes' },
  'field-count': { status: 431, meaning: 'more fields than limits.fields' },
  'chunk-extensions': { status: 413, meaning: 'more than 16 KiB of chunk extensions' },
  'head-timeout': { status: 408, meaning: 'the head did not arrive within limits.headTimeout' },
  'body-timeout': { status: 408, meaning: 'no byte of the body for limits.idleTimeout' },
  'connect-port': { status: 403, meaning: 'CONNECT to a port outside connect.ports' },
  'destination-port': { status: 403, meaning: 'a destination port in destinations.refusedPorts' },
  'destination-address': {
    status: 403,
    meaning: 'the host resolves to a private, loopback, link-local, metadata or multicast address',
  },
  loop: { status: 508, meaning: 'the destination is one of our own listeners' },
  connections: { status: 503, meaning: 'more client connections than limits.connections' },
  'pool-full': { status: 503, meaning: 'no connection to the destination became free in time' },
  'slow-path': {
    status: 501,
    meaning:
      'WebSocket, Expect, HTTP/1.0 or CONNECT while the setting paths has no slow, or behind other requests of a client that has ended its side',
  },
  draining: { status: 503, meaning: 'the gateway is shutting down' },
  'proxy-line-absent': {
    status: 400,
    meaning: 'a connection without a line of PROXY protocol on a listener of that kind: closed without an answer',
  },
  'proxy-line-malformed': {
    status: 400,
    meaning: 'the same with a line that is malformed, cut short or too long',
  },
  internal: { status: 500, meaning: 'a defect in headgate: identity was withheld' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type RefusalCode = keyof typeof REFUSALS;
