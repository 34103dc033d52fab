// A WebSocket handshake, and the raw tunnel behind it. http-proxy is not used here: its upgrade path relays an answer's
// head unfiltered, a refusal with the wrong framing, and dies of a client's reset (docs/decisions/0002-http-proxy.md).
// INVARIANT: no byte of the client reaches the destination as tunnel data before a 101 that belongs to this handshake.
import { createHash } from 'node:crypto';
import { type Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { planAnswer } from '../decision/answer.js';
import type { Forward } from '../decision/plan-types.js';
import type { Field } from '../http/message.js';
import type { RefusalCode } from '../http/refusal.js';
import { readResponse } from '../http/response.js';
import type { Client } from './client.js';
import { connectionTo, destinationOf, isNoConnection } from './connecting.js';
import { SLOW_CONNECTIONS, type UpstreamConnection } from './connection.js';
import { monotonicMs, type Waiting } from './deadlines.js';
import { requestHeadOf, responseHeadOf } from './head-of.js';
import { HandOver, MAX_ANSWER_HEAD_BYTES } from './hand-over.js';
import { outgoingHeaders } from './outgoing-head.js';
import { refusalAnswer, renderOwnAnswer, upstreamErrorAnswer } from './refusal-answer.js';
import { noteReleases, noteSent, sourceOf } from './sent.js';
import type { InFlight, Shared } from './shared.js';
import { splice } from './splice.js';
import type { UpstreamErrorCode } from './upstream-error.js';

/** RFC 6455, section 1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What a client may have sent behind its handshake. */
const MAX_EARLY_BYTES = 65_536;

/** How often it is planned and judged anew because the policy or the settings changed while it was connecting. */
const MAX_ROUNDS = 8;

/** `first`: the plan made when the head was read; it is made again once a connection is there. */
export function openWebSocket(
  shared: Shared,
  client: Client,
  request: IncomingMessage,
  early: Buffer,
  first: Forward,
): void {
  new Handshake(shared, client, request, early).start(first);
}

class Handshake implements InFlight {
  readonly #shared: Shared;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #request: IncomingMessage;
  readonly #early: Buffer;
  readonly #id: string;
  readonly #abort = new AbortController();
  #connection: UpstreamConnection | null = null;
  #plan: Forward | null = null;
  #isSettled = false;
  /** The destination's answer to the handshake is relayed. */
  #isRefused = false;

  constructor(shared: Shared, client: Client, request: IncomingMessage, early: Buffer) {
    this.#shared = shared;
    this.#client = client;
    this.#socket = client.socket;
    this.#request = request;
    this.#early = early;
    this.#id = shared.requestId();
  }

  start(first: Forward): void {
    const { deadlines, inFlight, settings } = this.#shared;
    const waiting = {
      deadlineMs: monotonicMs() + settings.limits.responseTimeoutMs,
      expire: () => this.#fail('response-timeout'),
    };
    inFlight.add(this);
    deadlines.add(waiting);
    this.#client.close();
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.once('close', () => {
      inFlight.delete(this);
      deadlines.remove(waiting);
      this.#abort.abort();
      this.#drop();
    });
    this.#settled = () => deadlines.remove(waiting);
    this.#run(first, MAX_ROUNDS).catch(() => this.#refuse('internal'));
  }

  #settled: () => void = () => undefined;

  async #run(first: Forward, rounds: number): Promise<void> {
    if (this.#early.length > MAX_EARLY_BYTES) return this.#refuse('upgrade');
    const { running } = this.#shared;
    const { reach } = running;
    const destination = await destinationOf(this.#shared, first.route, {
      port: first.authority.port,
      listener: this.#client.origin.listener,
    });
    if (isNoConnection(destination)) return this.#noConnection(destination);
    // Always a connection of its own: it never returns to the pool.
    const ask = { maker: SLOW_CONNECTIONS, destination, client: this.#client, signal: this.#abort.signal, fresh: null };
    const connection = await connectionTo(this.#shared, ask);
    if (isNoConnection(connection)) return this.#noConnection(connection);
    this.#connection = connection;
    if (!this.#client.isAllowed) return this.#refuse('client-address');
    const plan = running.plan(requestHeadOf(this.#request), this.#client.origin);
    if (plan.kind !== 'forward') return this.#refuse(plan.kind === 'refuse' ? plan.code : 'target');
    if (this.#socket.destroyed) return this.#drop();
    const { host, transport } = first.route;
    if (running.reach === reach && plan.route.host === host && plan.route.transport === transport)
      return this.#send(plan, connection);
    // The policy or the settings changed while it was connecting: where it may go is looked at again.
    this.#drop();
    if (rounds === 0) return this.#fail('reset');
    await this.#run(plan, rounds - 1);
  }

  #noConnection(
    why: { kind: 'refuse'; code: RefusalCode } | { kind: 'fail'; code: UpstreamErrorCode } | { kind: 'gone' },
  ): void {
    if (why.kind === 'refuse') this.#refuse(why.code);
    else if (why.kind === 'fail') this.#fail(why.code);
  }

  #send(plan: Forward, connection: UpstreamConnection): void {
    const { running, tally } = this.#shared;
    const { listener } = this.#client.origin;
    this.#plan = plan;
    const sent = { client: this.#client, head: requestHeadOf(this.#request), plan };
    noteSent(this.#shared, sent, this.#id);
    tally.meter.count('headgate_path_total', ['slow', 'upgrade']);
    let isHit = false;
    const check = running.headCheck(plan, this.#client.origin, connection.isVerifiedTls, (field) => {
      isHit = true;
      tally.egress(listener, field, this.#id, running.ruleset.digest, sourceOf(sent));
    });
    connection.expectHead(
      (head) => {
        if (!check(head)) return false;
        noteReleases(this.#shared, sent);
        return true;
      },
      () => true,
    );
    const upstream = httpRequest({
      method: 'GET',
      path: plan.path,
      headers: outgoingHeaders(plan),
      agent: new HandOver(connection.socket, (started) => (started.maxHeadersCount = 0)) as unknown as Agent,
      maxHeaderSize: MAX_ANSWER_HEAD_BYTES,
    });
    upstream.on('error', () => this.#fail(isHit ? 'egress' : 'reset'));
    upstream.on('response', (answer) => this.#onRefused(answer));
    upstream.on('upgrade', (answer, _socket, head) => this.#onSwitched(answer, head, plan, connection));
    upstream.end();
  }

  #onSwitched(answer: IncomingMessage, head: Buffer, plan: Forward, connection: UpstreamConnection): void {
    const accept = createHash('sha1')
      .update(`${plan.webSocketKey ?? ''}${ACCEPT_GUID}`)
      .digest('base64');
    const read = readResponse(responseHeadOf(answer), 'GET');
    const isOurs =
      read.kind === 'response' &&
      answer.headers.upgrade?.toLowerCase() === 'websocket' &&
      answer.headers['sec-websocket-accept'] === accept;
    if (!isOurs) return this.#fail('websocket-accept');
    if (this.#isSettled || this.#socket.destroyed) return this.#drop();
    this.#settle();
    const upstream = connection.detach();
    const fields = this.#answerFields(read.fields);
    this.#socket.write(
      `HTTP/1.1 101 Switching Protocols\r\n${fields}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      'latin1',
    );
    if (head.length > 0) upstream.unshift(head);
    if (this.#early.length > 0) upstream.write(this.#early);
    this.#shared.tally.verdict(this.#client.origin.listener, plan.verdict);
    this.#shared.tunnels.add('websocket');
    splice(this.#socket, upstream, {
      deadlines: this.#shared.deadlines,
      idleTimeoutMs: this.#shared.settings.limits.tunnelIdleTimeoutMs,
      ended: () => this.#shared.tunnels.remove('websocket'),
    });
  }

  /** The destination answered without switching: its answer, closed by its end, and never a tunnel. */
  #onRefused(answer: IncomingMessage): void {
    const head = responseHeadOf(answer);
    const read = readResponse(head, 'GET');
    if (read.kind === 'fault') return this.#fail('response-invalid');
    if (this.#isSettled) return;
    this.#settle();
    this.#shared.tally.verdict(this.#client.origin.listener, this.#plan?.verdict ?? 'untouched');
    const length = read.framing.kind === 'length' ? `Content-Length: ${String(read.framing.bytes)}\r\n` : '';
    const socket = this.#socket;
    socket.write(
      `HTTP/1.1 ${String(head.status)} ${head.reason}\r\n${this.#answerFields(read.fields)}${length}Connection: close\r\n\r\n`,
      'latin1',
    );
    this.#isRefused = true;
    // Node takes it from an answer that is whole.
    const upstream = this.#connection?.socket;
    this.#watch(() => upstream?.bytesRead ?? 0);
    answer.on('error', () => undefined);
    answer.once('close', () => {
      // What ends with its connection also counts as complete when that is reset.
      if (answer.complete && (upstream?.errored ?? null) === null) socket.destroySoon();
      else this.cut();
      this.#drop();
    });
    answer.pipe(socket, { end: false });
  }

  /** A refusal that falls silent, or is not read, is cut as any other answer. */
  #watch(bytesRead: () => number): void {
    const { deadlines, settings } = this.#shared;
    const { idleTimeoutMs } = settings.limits;
    let moved = 0;
    const waiting: Waiting = {
      deadlineMs: monotonicMs() + idleTimeoutMs,
      progress: (nowMs) => {
        const now = this.#socket.bytesWritten + bytesRead();
        if (now !== moved) waiting.deadlineMs = nowMs + idleTimeoutMs;
        moved = now;
      },
      expire: () => this.cut(),
    };
    deadlines.add(waiting);
    this.#socket.once('close', () => deadlines.remove(waiting));
  }

  /** A refusal may have no other sign of being whole than the end of the connection. */
  cut(): void {
    if (this.#isRefused) this.#socket.resetAndDestroy();
  }

  #answerFields(fields: readonly Field[]): string {
    const answer = planAnswer(this.#shared.running.ruleset, fields);
    const { listener } = this.#client.origin;
    for (const { class: kind } of answer.stripped) {
      this.#shared.tally.meter.count('headgate_response_headers_total', [listener, kind, 'stripped']);
    }
    return answer.fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('');
  }

  #settle(): void {
    this.#isSettled = true;
    this.#settled();
  }

  #refuse(code: RefusalCode): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#shared.tally.refusal(this.#client.origin.listener, code, this.#id);
    this.#answerAndClose(renderOwnAnswer(refusalAnswer(code, this.#id)));
  }

  #fail(code: UpstreamErrorCode): void {
    if (this.#isSettled) return;
    this.#settle();
    const { listener } = this.#client.origin;
    this.#shared.tally.verdict(listener, this.#plan?.verdict ?? 'untouched');
    this.#shared.tally.upstreamError(code, listener, this.#plan?.partner ?? null, this.#id);
    this.#answerAndClose(renderOwnAnswer(upstreamErrorAnswer(code, this.#id)));
  }

  #answerAndClose(text: string): void {
    this.#drop();
    if (this.#socket.destroyed) return;
    this.#socket.write(text, 'latin1');
    this.#socket.destroySoon();
  }

  #drop(): void {
    if (this.#connection !== null) this.#shared.pool.discard(this.#connection);
    this.#connection = null;
  }
}
