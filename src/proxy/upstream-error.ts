// Every way in which a destination can fail us: the closed list that metrics, logs and docs share.

/** `status` is what the client gets when nothing of an answer was sent yet; null: only its connection is closed. */
export const UPSTREAM_ERRORS = {
  dns: { status: 502, meaning: 'the name does not resolve' },
  'dns-timeout': { status: 504, meaning: 'no resolver answered' },
  connect: { status: 502, meaning: 'no address accepted a connection' },
  'connect-timeout': { status: 504, meaning: 'no connection within limits.connectTimeout' },
  tls: { status: 502, meaning: 'the destination did not prove by its certificate who it is: identity was not sent' },
  reset: { status: 502, meaning: 'the connection ended before an answer' },
  'response-timeout': { status: 504, meaning: 'no answer within limits.responseTimeout' },
  'response-invalid': { status: 502, meaning: 'an answer that two parsers could read differently' },
  'too-many-interim': { status: 502, meaning: 'more than 16 interim answers (1xx)' },
  'unasked-101': { status: 502, meaning: 'a switch of protocols that nobody asked for' },
  'websocket-accept': { status: 502, meaning: 'a 101 that does not belong to this handshake' },
  egress: { status: 502, meaning: 'the second look found identity: nothing was sent' },
  'response-cut': { status: null, meaning: 'the connection ended in the middle of an answer' },
  'relay-idle': { status: null, meaning: 'no byte either way for limits.idleTimeout' },
} as const satisfies Record<string, { status: number | null; meaning: string }>;

export type UpstreamErrorCode = keyof typeof UPSTREAM_ERRORS;

/** A failure with its code; the message is for debugging only and never leaves the process. */
export class UpstreamError extends Error {
  readonly code: UpstreamErrorCode;

  constructor(code: UpstreamErrorCode, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
