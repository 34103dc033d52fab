// One request through the slow path: planned, connected, planned again, looked at, sent, relayed, counted.
// INVARIANT: between the last plan and `http.request` there is no await: what is judged is what leaves.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Forward, Plan, Verdict } from '../decision/plan-types.js';
import type { RequestHead } from '../http/message.js';
import type { RefusalCode } from '../http/refusal.js';
import { AnswerRelay } from './answer-relay.js';
import type { Client } from './client.js';
import { connectionTo, destinationOf, isNoConnection, type NoConnection } from './connecting.js';
import { SLOW_CONNECTIONS, type UpstreamConnection } from './connection.js';
import { monotonicMs, type Waiting } from './deadlines.js';
import { requestHeadOf } from './head-of.js';
import { sendThroughHttpProxy } from './http-proxy-seam.js';
import { outgoingHeaders } from './outgoing-head.js';
import { isSameRoute } from './same-route.js';
import { type OwnAnswer, optionsAnswer, refusalAnswer, upstreamErrorAnswer } from './refusal-answer.js';
import { noteReleases, noteSent, sourceOf } from './sent.js';
import type { InFlight, Shared } from './shared.js';
import type { UpstreamErrorCode } from './upstream-error.js';

const RETRIABLE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** How often a request is planned anew because the policy or the settings moved its route while it waited. */
const MAX_ROUTES = 8;

export class Exchange implements Waiting, InFlight {
  deadlineMs = Infinity;
  readonly id: string;
  readonly #shared: Shared;
  readonly #client: Client;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #head: RequestHead;
  readonly #abort = new AbortController();
  readonly #startedMs = monotonicMs();
  #plan: Forward | null = null;
  #connection: UpstreamConnection | null = null;
  #relay: AnswerRelay | null = null;
  #upstream: ClientRequest | null = null;
  #bytesBeforeAnswer = 0;
  #isRetried = false;
  /** Its first try was released, and may have been read: whatever a second is. */
  #wasReleased = false;
  #isSettled = false;
  #waitedMs = 0;
  #sentMs = 0;
  #movedBytes = -1;

  constructor(shared: Shared, client: Client, request: IncomingMessage, response: ServerResponse) {
    this.#shared = shared;
    this.#client = client;
    this.#request = request;
    this.#response = response;
    this.#head = requestHeadOf(request);
    this.id = shared.requestId();
  }

  /** `done` is called once, when the answer is written or the client is gone. */
  start(done: () => void): void {
    const { deadlines, inFlight, settings } = this.#shared;
    inFlight.add(this);
    this.#response.sendDate = false;
    this.#response.once('close', () => {
      inFlight.delete(this);
      deadlines.remove(this);
      this.#end();
      done();
    });
    this.deadlineMs = monotonicMs() + settings.limits.responseTimeoutMs;
    deadlines.add(this);
    // A rejected promise here is a defect: identity is withheld because nothing was or will be sent.
    this.#run(undefined).catch(() => this.#refuse('internal'));
  }

  /** `fresh`: as in the pool's Ask. */
  async #run(fresh: string | undefined): Promise<void> {
    const { running } = this.#shared;
    let plan: Plan = this.#planNow();
    for (let round = 0; round < MAX_ROUTES; round += 1) {
      if (plan.kind !== 'forward') return this.#answerInstead(plan);
      const { reach } = running;
      const connection = await this.#connect(plan, fresh);
      if (this.#isSettled) return connection === null ? undefined : this.#shared.pool.release(connection);
      if (connection === null) return;
      const again: Plan = this.#planNow();
      const isJudged = running.reach === reach;
      if (isJudged && again.kind === 'forward' && isSameRoute({ route: plan.route, port: plan.authority.port }, again))
        return this.#send(again, connection);
      this.#shared.pool.release(connection);
      plan = again;
    }
    this.#refuse('pool-full');
  }

  #planNow(): Plan {
    if (!this.#client.isAllowed) return { kind: 'refuse', code: 'client-address', local: null, verdict: 'refused' };
    return this.#shared.running.plan(this.#head, this.#client.origin);
  }

  /** null: it was answered already. */
  async #connect(plan: Forward, fresh: string | undefined): Promise<UpstreamConnection | null> {
    const askedMs = monotonicMs();
    const destination = await destinationOf(this.#shared, plan.route, {
      port: plan.authority.port,
      listener: this.#client.origin.listener,
    });
    if (isNoConnection(destination)) return this.#noConnection(destination, plan);
    const connection = await connectionTo(this.#shared, {
      maker: SLOW_CONNECTIONS,
      destination,
      client: this.#client,
      signal: this.#abort.signal,
      ...(fresh === undefined ? {} : { fresh }),
    });
    this.#waitedMs += monotonicMs() - askedMs;
    return isNoConnection(connection) ? this.#noConnection(connection, plan) : connection;
  }

  #noConnection(why: NoConnection, plan: Forward): null {
    this.#plan = plan;
    if (why.kind === 'refuse') this.#refuse(why.code);
    else if (why.kind === 'fail') this.#fail(why.code);
    return null;
  }

  #send(plan: Forward, connection: UpstreamConnection): void {
    const { running, tally } = this.#shared;
    const { listener } = this.#client.origin;
    this.#plan = plan;
    this.#connection = connection;
    this.#bytesBeforeAnswer = connection.socket.bytesRead;
    const sent = { client: this.#client, head: this.#head, plan };
    if (!this.#isRetried) {
      noteSent(this.#shared, sent, this.id);
      tally.meter.count('headgate_path_total', ['slow', this.#pathReason(plan)]);
    }
    let isRefusedByEgress = false;
    const check = running.headCheck(plan, this.#client.origin, connection.isVerifiedTls, (field) => {
      isRefusedByEgress = true;
      tally.egress(listener, field, this.id, running.ruleset.digest, sourceOf(sent));
    });
    connection.expectHead(
      (head) => {
        if (!check(head)) return false;
        if (!this.#wasReleased) noteReleases(this.#shared, sent);
        return true;
      },
      () => this.#relay === null || !this.#relay.isWhole,
    );
    // Also without a body, where the plan waits for nothing: Node would else close behind the answer.
    if (isWaitingFor100(this.#request) && !this.#isRetried) this.#response.writeContinue();
    connection.socket.once('free', () => this.#onFree(connection));
    const outgoing = {
      method: plan.method,
      path: plan.path,
      headers: outgoingHeaders(plan),
      socket: connection.socket,
    };
    this.#sentMs = monotonicMs();
    sendThroughHttpProxy(this.#request, this.#response, outgoing, {
      started: (upstream) => this.#onStarted(upstream, plan),
      answered: (answer) => this.#relay?.answer(answer),
      failed: () => this.#onFailed(connection, plan, isRefusedByEgress ? 'egress' : null),
    });
  }

  #pathReason(plan: Forward): string {
    if (plan.expectContinue) return 'expect';
    if (plan.version === '1.0') return 'http-1.0';
    return this.#shared.settings.paths.includes('fast') ? 'canonical' : 'setting';
  }

  #onStarted(upstream: ClientRequest, plan: Forward): void {
    this.#upstream = upstream;
    // Node sends the head with the first byte of the body: of a body that has not begun to come, the head would leave later,
    // and by then another policy, or lockdown, may be in force.
    if (!this.#request.complete && this.#request.readableLength === 0) upstream.flushHeaders();
    upstream.maxHeadersCount = 0;
    this.#relay = new AnswerRelay({
      shared: this.#shared,
      client: this.#client,
      request: this.#request,
      response: this.#response,
      upstream,
      plan,
      bind: () => this.#connection !== null && this.#shared.pool.bind(this.#connection, this.#client),
      fail: (code) => this.#fail(code),
    });
  }

  #onFree(connection: UpstreamConnection): void {
    const relay = this.#relay;
    const isClean = relay?.isReusable === true && this.#request.complete && connection.isAnswerExact(relay.framing);
    if (isClean) this.#shared.pool.release(connection);
    else this.#shared.pool.discard(connection);
    if (this.#connection === connection) this.#connection = null;
  }

  /** The upstream request failed before its answer was relayed whole. */
  #onFailed(connection: UpstreamConnection, plan: Forward, known: UpstreamErrorCode | null): void {
    if (this.#isSettled || this.#connection !== connection) return;
    if (this.#relay?.isWhole === true) {
      // The answer is whole; what came behind it only says that the connection is done for.
      this.#connection = null;
      return this.#shared.pool.discard(connection);
    }
    const noByteCame = connection.socket.bytesRead === this.#bytesBeforeAnswer;
    const mayRetry = known === null && noByteCame && !this.#isRetried && connection.requests > 1;
    this.#shared.pool.discard(connection);
    this.#connection = null;
    if (mayRetry && RETRIABLE.has(plan.method) && plan.framing.kind === 'none') {
      this.#retry(connection.address).catch(() => this.#refuse('internal'));
    } else {
      this.#fail(known ?? (noByteCame ? 'reset' : 'response-invalid'));
    }
  }

  /** Once, on a new connection to the same judged address (RFC 9110, section 9.2.2); planned and looked at again. */
  async #retry(address: string): Promise<void> {
    this.#isRetried = true;
    this.#wasReleased = this.#plan?.verdict === 'released';
    this.#shared.tally.meter.count('headgate_pool_total', ['retried']);
    await this.#run(address);
  }

  #answerInstead(plan: Exclude<Plan, Forward>): void {
    if (plan.kind === 'tunnel') return this.#refuse('target');
    if (plan.local === 'options') {
      this.#shared.tally.verdict(this.#client.origin.listener, 'refused');
      return this.#write(optionsAnswer(), false);
    }
    this.#refuse(plan.code);
  }

  get #verdict(): Verdict {
    return this.#wasReleased ? 'released' : (this.#plan?.verdict ?? 'untouched');
  }

  #refuse(code: RefusalCode): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#shared.tally.refusal(this.#client.origin.listener, code, this.id);
    this.#write(refusalAnswer(code, this.id), true);
  }

  #fail(code: UpstreamErrorCode): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { listener } = this.#client.origin;
    if (this.#plan !== null) this.#shared.tally.verdict(listener, this.#verdict);
    this.#shared.tally.upstreamError(code, listener, this.#plan?.partner ?? null, this.id);
    this.#dropUpstream();
    if (this.#response.headersSent) this.cut();
    else this.#write(upstreamErrorAnswer(code, this.id), !this.#request.complete);
  }

  #write(answer: OwnAnswer, closes: boolean): void {
    const response = this.#response;
    if (this.#client.socket.destroyed || response.headersSent) return;
    const last = closes || this.#shared.isDraining || this.#client.isLast || !this.#request.complete;
    if (last) this.#client.close();
    const headers = [...answer.fields, 'Content-Length', String(Buffer.byteLength(answer.body))];
    if (last) headers.push('Connection', 'close');
    else response.removeHeader('Connection');
    response.writeHead(answer.status, answer.reason, headers);
    response.end(this.#request.method === 'HEAD' ? undefined : answer.body);
    if (last) this.#request.resume();
  }

  #dropUpstream(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#upstream?.destroy();
    if (connection !== null) this.#shared.pool.discard(connection);
  }

  /** The response is closed: answered, or the client went away. */
  #end(): void {
    // Only for a request that still waits in the pool: an abort builds an exception, 4 % of a request's cost.
    if (this.#connection === null && this.#relay === null) this.#abort.abort();
    const { tally } = this.#shared;
    const { listener } = this.#client.origin;
    const isAnswered = this.#relay?.isRelayed === true;
    if (!this.#isSettled) {
      this.#isSettled = true;
      tally.verdict(listener, this.#verdict);
    }
    if (!isAnswered || this.#relay?.isReusable !== true) this.#dropUpstream();
    if (!isAnswered) return;
    const nowMs = monotonicMs();
    const answeredMs = this.#relay?.wholeMs ?? nowMs;
    const totalMs = nowMs - this.#startedMs;
    tally.meter.observe('headgate_request_duration_seconds', [listener], totalMs / 1000);
    const addedMs = Math.max(0, totalMs - this.#waitedMs - Math.max(0, answeredMs - this.#sentMs));
    tally.meter.observe('headgate_added_duration_seconds', [listener], addedMs / 1000);
  }

  /** Bytes that moved put the deadline off; called once a second. */
  progress(nowMs: number): void {
    const { limits } = this.#shared.settings;
    const client = this.#client.socket;
    const upstream = this.#connection?.socket;
    // A head that trickles in is no progress: it must be whole within the limit.
    const answered = this.#response.headersSent ? client.bytesWritten + (upstream?.bytesRead ?? 0) : 0;
    const moved = client.bytesRead + (upstream?.bytesWritten ?? 0) + answered;
    if (moved === this.#movedBytes) return;
    this.#movedBytes = moved;
    const isWaiting = this.#request.complete && !this.#response.headersSent;
    this.deadlineMs = nowMs + (isWaiting ? limits.responseTimeoutMs : limits.idleTimeoutMs);
  }

  expire(): void {
    if (this.#response.headersSent) return this.#fail('relay-idle');
    if (this.#request.complete || this.#upstream?.writableNeedDrain === true) return this.#fail('response-timeout');
    this.#dropUpstream();
    this.#refuse('body-timeout');
  }

  /** The parser met something malformed, or the end, inside this request's body. */
  bodyFailed(code: RefusalCode): void {
    this.#dropUpstream();
    if (this.#response.headersSent) this.cut();
    else this.#refuse(code);
  }

  /** Ends an answer that is not whole by a reset: of one to HTTP/1.0, the end may be all that says that it is. */
  cut(): void {
    if (this.#response.headersSent) this.#client.socket.resetAndDestroy();
  }

  get isBodyOpen(): boolean {
    return !this.#request.complete;
  }
}

function isWaitingFor100(request: IncomingMessage): boolean {
  return request.httpVersion === '1.1' && request.headers.expect !== undefined;
}
