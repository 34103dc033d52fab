// One request of the fast path and its answer: planned on a connection that is there, looked at, sent, relayed, counted.
// INVARIANT: between the last plan and the write nothing waits: a request without a connection is read again when it has one.
import { isConnectionLogin } from '../http/connection-login.js';
import type { Forward, Route, Verdict } from '../decision/plan-types.js';
import type { AnswerReader, AnswerReadFault } from '../http/answer-reader.js';
import type { RefusalCode } from '../http/refusal.js';
import type { RequestReader } from '../http/request-reader.js';
import { ANSWER_FAULTS } from './answer-faults.js';
import { type AnswerContext, interimText } from './answer-text.js';
import { putAnswerHead } from './fast-answer.js';
import type { NoConnection } from './connecting.js';
import type { Answering, ClientSide } from './client-side.js';
import { countAnswered, countPlanned, countReleased, noteReleased, sourceOfBytes } from './fast-counts.js';
import type { FastDestination } from './fast-destination.js';
import type { FastShared } from './fast-shared.js';
import type { AnswerTarget, FastUpstream } from './fast-upstream.js';
import { FastWait, type Waiter } from './fast-wait.js';
import { foreseen } from './foresight.js';
import { optionsAnswer, refusalAnswer, upstreamErrorAnswer } from './refusal-answer.js';
import { renderRequest } from './request-text.js';
import { isSameRoute } from './same-route.js';
import { headAgain } from './head-squeeze.js';
import { noteSent, sourceOf, stageReleases } from './sent.js';
import type { Stretch } from './stretch.js';
import type { Tap } from './tap.js';
import type { UpstreamErrorCode } from './upstream-error.js';

const isRetriable = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

export class FastExchange implements AnswerTarget, Answering, Waiter {
  readonly client: ClientSide;
  readonly startedMs: number;
  /** The connection that carries it; null: none yet, or done with it. */
  upstream: FastUpstream | null = null;
  isRequestWhole = false;
  isAnswered = false;
  verdict: Verdict = 'untouched';
  partner: string | null = null;
  method = '';
  readonly #fast: FastShared;
  /** Its head as it left, and the lines that did not, while it may be sent once more. */
  #raw: string | null = null;
  #dropped = '';
  #isSettled = false;
  #isRetried = false;
  /** Its first try was released, and may have been read: whatever a second is. */
  #wasReleased = false;
  #isChunked = false;
  #isReChunked = false;
  #isUnwanted = false;
  /** In which the request left, or is about to. */
  #stretch: Stretch | null = null;
  #closesUpstream = false;
  #sentMs = 0;
  /** Null: it never waited for a connection. */
  #wait: FastWait | null = null;
  #id: string | null = null;

  constructor(client: ClientSide, fast: FastShared) {
    this.client = client;
    this.#fast = fast;
    this.startedMs = fast.turn.nowMs;
  }

  get id(): string {
    return (this.#id ??= this.#fast.shared.requestId());
  }

  get clientTap(): Tap {
    return this.client.tap;
  }

  /**
   * The head was read. `sent`: its bytes are on their way. `waits`: the client holds them until `resume`. `settled`: answered
   * by us.
   */
  depart(reader: RequestReader<FastDestination>): 'sent' | 'waits' | 'settled' {
    const { shared, departure } = this.#fast;
    const { client } = this;
    const { running } = shared;
    this.method = reader.method;
    if (!client.isAllowed) return this.refuse('client-address');
    const to = reader.authority;
    this.#stretch = to.stretch;
    if (to.stretch.isPlain && reader.unusual === null && client.isPlain) {
      const upstream = this.#given(to.route, to.port) ?? this.#idle(to) ?? foreseen(this, this.#fast, reader, to);
      if (upstream === null) return this.#acquire(to.route, to.port);
      this.upstream = upstream;
      if (departure.decide(reader, to, client.origin.trusted)) return this.#sendBytes(reader, to, upstream);
    }
    const plan = running.plan(reader.head(), client.origin);
    if (plan.kind === 'tunnel') return this.refuse('target');
    if (plan.kind === 'refuse') return plan.local === 'options' ? this.answerOptions() : this.refuse(plan.code);
    this.verdict = plan.verdict;
    this.partner = plan.partner;
    const isExpected = isSameRoute(to, plan);
    const isTaken = this.upstream !== null && isExpected && this.#wait?.isGiven !== true;
    const upstream = isTaken
      ? this.upstream
      : (this.#given(plan.route, plan.authority.port) ?? (isExpected ? this.#idle(to) : null));
    if (upstream === null) return this.#acquire(plan.route, plan.authority.port);
    this.upstream = upstream;
    return this.#sendText(plan, reader, upstream);
  }

  /** The connection that was waited for, if the request still goes there; any other goes back. */
  #given(route: Route, port: number): FastUpstream | null {
    const { upstream } = this;
    if (upstream === null || this.#wait?.leadsTo(route, port) === true) return upstream;
    this.upstream = null;
    this.#fast.shared.pool.release(upstream);
    return null;
  }

  #idle(to: FastDestination): FastUpstream | null {
    if (this.#isRetried) return null;
    const { shared, turn, connections } = this.#fast;
    const judged = to.known(turn.nowMs);
    if (judged === undefined) return null;
    const bucket = to.bucket(shared.pool, judged);
    if (bucket.idle.length === 0) return null;
    const ask = { maker: connections, destination: judged, client: this.client };
    return shared.pool.takeIdle(bucket, ask, turn.nowMs) ?? null;
  }

  #sendBytes(reader: RequestReader<FastDestination>, to: FastDestination, upstream: FastUpstream): 'sent' | 'settled' {
    const { shared, requestBox, departure } = this.#fast;
    const { running, tally } = shared;
    const { plan } = departure;
    this.verdict = plan.verdict;
    this.partner = to.release?.partner.id ?? null;
    if (!this.#isRetried) countPlanned(shared, this.client, plan, to, reader.lines);
    const mayRetry = this.#mayRetry(reader, upstream);
    noteReleased(this.#fast, plan, this.client, reader);
    if (!departure.build(reader.lines, to, mayRetry)) {
      const source = sourceOfBytes(this.client, plan, to);
      tally.egress(this.client.listener, departure.fault?.field ?? '', this.id, running.ruleset.digest, source);
      return this.#caught();
    }
    if (!this.#wasReleased) countReleased(this.#fast, plan, to);
    if (plan.hasLogin) shared.pool.bind(upstream, this.client);
    const text = reader.lines.bytes.toString('latin1', departure.start, departure.end);
    if (mayRetry) [this.#raw, this.#dropped] = [text, departure.dropped];
    this.#leave(reader, upstream);
    // Without a body that is all of it.
    if (reader.framing.kind === 'none') requestBox.whole(upstream, text);
    else requestBox.text(text);
    return 'sent';
  }

  #sendText(plan: Forward, reader: RequestReader<FastDestination>, upstream: FastUpstream): 'sent' | 'settled' {
    const { shared, requestBox } = this.#fast;
    const { running, tally } = shared;
    const { listener, slots, origin } = this.client;
    const sent = { client: this.client, head: reader.head(), plan };
    if (!this.#isRetried) {
      noteSent(shared, sent, this.id);
      tally.meter.add(slots.unusual, 1);
    }
    const { lines } = reader;
    if (this.#mayRetry(reader, upstream)) this.#raw = lines.bytes.toString('latin1', lines.start, lines.end);
    const check = running.headCheck(plan, origin, upstream.isVerifiedTls, (field) =>
      tally.egress(listener, field, this.id, running.ruleset.digest, sourceOf(sent)),
    );
    const text = renderRequest(plan);
    if (!check(Buffer.from(text, 'latin1'))) return this.#caught();
    if (!this.#wasReleased) stageReleases(shared, sent, this.#fast.departing);
    if (isConnectionLogin(plan.fields, 'authorization')) shared.pool.bind(upstream, this.client);
    this.#leave(reader, upstream);
    this.requestResumed();
    requestBox.text(text);
    return 'sent';
  }

  /** The second look found what the decision let through: nothing of it leaves. */
  #caught(): 'settled' {
    this.#dropUpstream();
    return this.#fail('egress');
  }

  /** A connection that was used before may be closed already: then the request goes out once more, from its text. */
  #mayRetry({ framing, method }: RequestReader<FastDestination>, upstream: FastUpstream): boolean {
    return upstream.requests > 0 && !this.#isRetried && framing.kind === 'none' && isRetriable(method);
  }

  #leave({ framing, method }: RequestReader<FastDestination>, upstream: FastUpstream): void {
    this.#isChunked = framing.kind === 'chunked';
    this.#sentMs = this.#fast.turn.nowMs;
    upstream.carry(this, method);
    if (framing.kind !== 'none') this.requestResumed();
  }

  /** Bytes came: what they bring is put together for the destination. */
  requestResumed(): void {
    if (this.upstream !== null) this.#fast.requestBox.begin(this.upstream, this.client.tap);
  }

  /** A part of the body that was read. */
  requestBody(bytes: Buffer, from: number, to: number): void {
    if (this.#isUnwanted || this.upstream === null) return;
    const { requestBox } = this.#fast;
    if (!this.#isChunked) return requestBox.range(bytes, from, to);
    requestBox.text(`${(to - from).toString(16)}\r\n`);
    requestBox.range(bytes, from, to);
    requestBox.text('\r\n');
  }

  requestEnded(): void {
    this.isRequestWhole = true;
    if (this.#isChunked && !this.#isUnwanted && this.upstream !== null) this.#fast.requestBox.text('0\r\n\r\n');
  }

  /** The request's bytes cannot be read to their end. */
  requestFailed(code: RefusalCode): void {
    this.#fast.requestBox.drop();
    this.#dropUpstream();
    if (this.isAnswered) this.client.destroy();
    else this.refuse(code);
  }

  #acquire(route: Route, askedPort: number): 'waits' | 'settled' {
    this.#wait ??= new FastWait(this.#fast, this);
    return this.#wait.begin(route, askedPort) ? 'waits' : this.refuse('pool-full');
  }

  connected(upstream: FastUpstream): void {
    this.upstream = upstream;
    this.client.resume();
  }

  notConnected(why: NoConnection): void {
    if (why.kind === 'refuse') this.refuse(why.code);
    else if (why.kind === 'fail') this.#fail(why.code);
    else this.client.destroy();
  }

  answerResumed(): void {
    this.#fast.answerBox.begin(this.client, this.#upstreamTap);
  }

  interim(reader: AnswerReader): void {
    this.#fast.answerBox.text(interimText(reader, this.#answerContext));
  }

  answerHead(reader: AnswerReader): boolean {
    const { shared } = this.#fast;
    const { client } = this;
    const { framing } = reader;
    this.#closesUpstream = reader.connectionClose || framing.kind === 'close' || !this.isRequestWhole;
    this.#isReChunked = framing.kind === 'chunked' || framing.kind === 'close';
    this.#isUnwanted = !this.isRequestWhole;
    const isLast = client.isLast || this.#isUnwanted || shared.isDraining;
    if (isLast) client.closing();
    this.isAnswered = true;
    const about = { stretch: this.#stretch, context: this.#answerContext, isLast, isChunked: this.#isReChunked };
    if (putAnswerHead(this.#fast, reader, about) && this.upstream !== null) shared.pool.bind(this.upstream, client);
    return true;
  }

  answerBody(bytes: Buffer, from: number, to: number): void {
    const { answerBox } = this.#fast;
    if (!this.#isReChunked) return answerBox.range(bytes, from, to);
    answerBox.text(`${(to - from).toString(16)}\r\n`);
    answerBox.range(bytes, from, to);
    answerBox.text('\r\n');
  }

  answerPaused(): void {
    this.#fast.answerBox.flush();
  }

  answerEnded(isExact: boolean): void {
    const { answerBox, shared, turn } = this.#fast;
    const { upstream } = this;
    this.upstream = null;
    if (this.#isReChunked) answerBox.text('0\r\n\r\n');
    answerBox.flush();
    if (upstream !== null) {
      // What the client has not read yet is none of its business; what it has not read of the request is.
      this.client.leave(upstream.tap);
      if (isExact && !this.#closesUpstream) upstream.giveBack(turn.nowMs);
      else shared.pool.discard(upstream);
    }
    this.#count();
    this.client.answered(this);
  }

  answerFailed(why: AnswerReadFault | 'cut-off', noByteCame: boolean): void {
    const { upstream } = this;
    const { answerBox } = this.#fast;
    this.upstream = null;
    if (this.#isSettled) return;
    if (noByteCame && this.#raw !== null && upstream !== null && !this.#isRetried) return this.#retry(upstream.address);
    // What came before the fault is the client's.
    answerBox.flush();
    if (why !== 'cut-off')
      return void this.#fail(this.isAnswered && why === 'cut' ? 'response-cut' : ANSWER_FAULTS[why]);
    this.#fail(this.isAnswered ? 'response-cut' : noByteCame ? 'reset' : 'response-invalid');
  }

  /** Once, on a new connection to the same judged address (RFC 9110, section 9.2.2); read, planned and looked at again. */
  #retry(address: string): void {
    const raw = this.#raw ?? '';
    this.#raw = null;
    this.#isRetried = true;
    this.#wasReleased = this.verdict === 'released';
    this.#wait ??= new FastWait(this.#fast, this);
    this.#wait.fresh = address;
    this.isRequestWhole = false;
    this.#fast.shared.tally.meter.count('headgate_pool_total', ['retried']);
    this.client.readAgain(headAgain(raw, this.#dropped));
  }

  /** OPTIONS that ends here. */
  answerOptions(): 'settled' {
    this.#settle('refused');
    this.client.answer(optionsAnswer(), this, true);
    return 'settled';
  }

  refuse(code: RefusalCode): 'settled' {
    if (this.#isSettled) return 'settled';
    this.#dropUpstream();
    this.#wait?.withdraw();
    this.#isSettled = true;
    this.#fast.shared.tally.refusal(this.client.listener, code, this.id);
    this.client.answer(refusalAnswer(code, this.id), this, true);
    return 'settled';
  }

  #fail(code: UpstreamErrorCode): 'settled' {
    if (this.#isSettled) return 'settled';
    this.#settle(this.verdict);
    this.#wait?.withdraw();
    const { tally } = this.#fast.shared;
    tally.upstreamError(code, this.client.listener, this.partner, this.id);
    this.#dropUpstream();
    if (this.isAnswered) this.client.destroy();
    else this.client.answer(upstreamErrorAnswer(code, this.id), this, !this.isRequestWhole);
    return 'settled';
  }

  /** The client is gone. */
  aborted(): void {
    this.#dropUpstream();
    if (!this.#isSettled) this.#settle(this.verdict);
    this.#wait?.withdraw();
  }

  /** No byte moved for too long. */
  expired(): void {
    if (this.isAnswered) return void this.#fail('relay-idle');
    if (this.isRequestWhole || this.#wait?.isOn === true || this.clientTap.isPaused)
      return void this.#fail('response-timeout');
    this.#dropUpstream();
    this.refuse('body-timeout');
  }

  /** Bytes that went through on either side, for the idle limit. */
  get moved(): number {
    const { client } = this;
    const upstream = this.upstream?.socket;
    const answered = this.isAnswered ? client.bytesWritten + (upstream?.bytesRead ?? 0) : 0;
    return client.bytesRead + (upstream?.bytesWritten ?? 0) + answered;
  }

  #dropUpstream(): void {
    const { upstream } = this;
    this.upstream = null;
    upstream?.drop();
  }

  get #upstreamTap(): Tap {
    return this.upstream?.tap ?? this.client.tap;
  }

  get #answerContext(): AnswerContext {
    const { running, tally } = this.#fast.shared;
    return { ruleset: this.#stretch?.ruleset ?? running.ruleset, listener: this.client.listener, meter: tally.meter };
  }

  #settle(verdict: Verdict): void {
    this.#isSettled = true;
    const counted = this.#wasReleased && verdict !== 'refused' ? 'released' : verdict;
    this.#fast.shared.tally.meter.add(this.client.slots.verdicts[counted], 1);
  }

  #count(): void {
    if (this.#isSettled) return;
    this.#settle(this.verdict);
    const { nowMs } = this.#fast.turn;
    const totalMs = nowMs - this.startedMs;
    const waitedMs = (this.#wait?.waitedMs ?? 0) + Math.max(0, nowMs - this.#sentMs);
    countAnswered(this.#fast.shared, this.client, totalMs, totalMs - waitedMs);
  }
}
