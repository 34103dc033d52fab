// Relays one destination's answer to one client: interim answers, the head without identity, the body with back-pressure.
// INVARIANT: an answer that ended before its end never looks whole: the client's connection is destroyed instead.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { planAnswer } from '../decision/answer.js';
import type { Forward } from '../decision/plan-types.js';
import { isConnectionLogin } from '../http/connection-login.js';
import type { Field, Framing, ResponseHead } from '../http/message.js';
import { type ReadResponse, readResponse } from '../http/response.js';
import type { Client } from './client.js';
import { monotonicMs } from './deadlines.js';
import { responseHeadOf } from './head-of.js';
import type { Shared } from './shared.js';
import type { UpstreamErrorCode } from './upstream-error.js';

/** RFC 9110, section 15.2 lets a server send any number; a flood of them is an attack on the client. */
const MAX_INTERIM = 16;

export interface RelayOptions {
  readonly shared: Shared;
  readonly client: Client;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly upstream: ClientRequest;
  readonly plan: Forward;
  /** A login scheme bound the upstream connection to this client. */
  readonly bind: () => void;
  readonly fail: (code: UpstreamErrorCode) => void;
}

export class AnswerRelay {
  readonly #options: RelayOptions;
  #interim = 0;
  #answer: IncomingMessage | null = null;
  #isEarly = false;
  #framing: Framing = { kind: 'close' };
  #closes = false;
  #isRelayed = false;
  /** When the last byte of the answer came, on the monotonic clock; null: not yet. */
  wholeMs: number | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
    if (isConnectionLogin(options.plan.fields, 'authorization')) options.bind();
    options.upstream.on('information', (info) => this.#onInterim(responseHeadOf(info)));
    // Without a listener Node destroys the connection and says nothing of why.
    options.upstream.on('upgrade', (_answer, socket) => {
      socket.destroy();
      options.fail('unasked-101');
    });
  }

  /** Nothing more of this answer is owed by the destination. */
  get isWhole(): boolean {
    return this.#answer?.complete === true;
  }

  /** The whole answer was handed to the client's socket. */
  get isRelayed(): boolean {
    return this.#isRelayed;
  }

  /** As far as this answer says; `framing` is what the connection's bytes are held to. */
  get isReusable(): boolean {
    return this.isWhole && !this.#isEarly && !this.#closes;
  }

  get framing(): Framing {
    return this.#framing;
  }

  answer(answer: IncomingMessage): void {
    const { plan, fail, request } = this.#options;
    answer.on('error', () => undefined);
    const head = responseHeadOf(answer);
    const read = readResponse(head, plan.method);
    if (read.kind === 'fault') return fail('response-invalid');
    this.#answer = answer;
    this.#isEarly = !request.complete;
    this.#framing = read.framing;
    this.#closes = read.connectionClose || read.framing.kind === 'close';
    if (isConnectionLogin(head.fields, 'www-authenticate')) this.#options.bind();
    for (const kind of read.repairs) this.#options.shared.tally.meter.count('headgate_response_repairs_total', [kind]);
    try {
      this.#writeHead(head, read);
    } catch {
      // Node refuses to write what is no header: then it is no answer either.
      return fail('response-invalid');
    }
    this.#relayBody(answer);
  }

  #writeHead(head: ResponseHead, read: ReadResponse): void {
    const { response, plan, client, shared } = this.#options;
    const headers = this.#filtered(read.fields);
    const { framing } = read;
    const isOld = plan.version === '1.0';
    if (framing.kind === 'length') headers.push('Content-Length', String(framing.bytes));
    else if (framing.kind === 'none' && read.declaredBytes !== null && head.status !== 204) {
      headers.push('Content-Length', String(read.declaredBytes));
    } else if ((framing.kind === 'chunked' || framing.kind === 'close') && !isOld) {
      headers.push('Transfer-Encoding', 'chunked');
    }
    const last = isOld || this.#isEarly || shared.isDraining || client.isLast;
    if (last) {
      client.close();
      headers.push('Connection', 'close');
    } else {
      response.removeHeader('Connection');
    }
    response.writeHead(head.status, head.reason, headers);
  }

  /** Without the identity fields of the answer; flat. */
  #filtered(fields: readonly Field[]): string[] {
    const { shared, client } = this.#options;
    const { listener } = client.origin;
    const answer = planAnswer(shared.running.ruleset, fields);
    const { meter } = shared.tally;
    for (const { class: kind } of answer.stripped) {
      meter.count('headgate_response_headers_total', [listener, kind, 'stripped']);
    }
    for (const { class: kind } of answer.counted) {
      meter.count('headgate_response_headers_total', [listener, kind, 'counted']);
    }
    return answer.fields.flatMap((field) => [field.name, field.value]);
  }

  #relayBody(answer: IncomingMessage): void {
    const { response, request, upstream, fail } = this.#options;
    answer.once('end', () => {
      this.wholeMs = monotonicMs();
      if (!answer.complete) return;
      // An answer that ends with its connection also "ends" when that is reset.
      if ((upstream.socket?.errored ?? null) !== null) return fail('response-cut');
      this.#isRelayed = true;
      response.end();
      if (this.#isEarly && !request.complete) request.resume();
    });
    answer.once('close', () => {
      if (!answer.complete) fail('response-cut');
    });
    if (this.#isEarly) {
      // The rest of the upload goes nowhere: the client learns from `Connection: close`, the destination from a closed socket.
      request.unpipe(upstream);
      request.resume();
    }
    answer.pipe(response, { end: false });
  }

  #onInterim(head: ResponseHead): void {
    const { plan, client, fail, response } = this.#options;
    this.#interim += 1;
    if (this.#interim > MAX_INTERIM) return fail('too-many-interim');
    // An expectation we have answered ourselves; 1.0 knows no interim answers (RFC 9110, section 15.2).
    if ((head.status === 100 && plan.expectContinue) || plan.version === '1.0' || response.headersSent) return;
    const read = readResponse(head, plan.method);
    if (read.kind === 'fault') return fail('response-invalid');
    const fields = this.#filtered(read.fields);
    let text = `HTTP/1.1 ${String(head.status)} ${head.reason}\r\n`;
    for (let i = 0; i < fields.length; i += 2) text += `${fields[i] ?? ''}: ${fields[i + 1] ?? ''}\r\n`;
    // The client's turns are one at a time: the socket is this response's own, and nothing of its head was written yet.
    client.socket.write(`${text}\r\n`, 'latin1');
  }
}
