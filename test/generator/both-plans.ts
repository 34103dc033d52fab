// One request through both plans of the gateway: from its bytes through the reader to the plan on bytes, and to the plan on strings.
import { BytePlan } from '../../src/decision/byte-plan.js';
import { ByteRules } from '../../src/decision/byte-rules.js';
import type { Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { KNOWN } from '../../src/http/known-name.js';
import { LinePool } from '../../src/http/head-lines.js';
import type { Field } from '../../src/http/message.js';
import { RequestReader } from '../../src/http/request-reader.js';
import { type Authority, parseAuthority } from '../../src/names/authority.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import { circumstancesWith, NOW } from '../decision/ruleset-fixture.js';
import { latin1, LIMITS } from '../http/transcript.js';

const SKEW_MS = 30_000;

export interface Judged {
  /** What leaves by the plan on strings, without Host. */
  readonly fields: readonly Field[];
  readonly counts: Forward['counts'];
  /** What leaves by the plan on bytes, without Host; null: it leaves this request to the strings. */
  readonly onBytes: readonly Field[] | null;
}

export class BothPlans {
  readonly #ruleset: Ruleset;
  readonly #rules: ByteRules;
  readonly #pool = new LinePool(LIMITS);
  readonly #plans = new BytePlan();

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
    this.#rules = ByteRules.of(ruleset, { nowMs: NOW, skewMs: SKEW_MS });
    this.#pool.classes = this.#rules.names;
  }

  /** `start`: the request line without the version. Throws where the reader does not call the head canonical. */
  judge(start: string, lines: readonly string[]): Judged {
    const rules = this.#rules;
    const bytes = latin1(`${start} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n........`);
    const reader = new RequestReader({ pool: this.#pool, authorityOf: (text) => parseAuthority(text, 80) });
    if (reader.read(bytes, 0, bytes.length - 8) !== 'head' || reader.unusual !== null) {
      throw new Error(`not canonical: ${start}`);
    }
    const { host, port } = reader.authority;
    const head = reader.head();
    const asked = { listener: 'internet', host, port, times: [NOW], skewMs: SKEW_MS };
    const release = rules.releaseFor(this.#ruleset.release(asked), host);
    const { pathStart, pathEnd } = reader;
    const event = this.#plans.make(rules, reader.lines, { release, trusted: true, pathStart, pathEnd });
    const planned = plan(this.#ruleset, head, circumstancesWith());
    if (planned.kind !== 'forward') throw new Error(`not forwarded: ${start}`);
    const onBytes = event === 'strings' ? null : this.#leaving(reader, head.fields);
    return { fields: planned.fields.slice(1), counts: planned.counts, onBytes };
  }

  /** Without what is dropped, and without Host and framing, which the writer writes anew. */
  #leaving({ lines }: RequestReader<Authority>, fields: readonly Field[]): readonly Field[] {
    const gone = new Set(this.#plans.drops.subarray(0, this.#plans.dropped));
    for (const name of ['host', 'content-length', 'transfer-encoding'] as const) {
      if ((lines.present & (1 << KNOWN[name])) !== 0) gone.add(lines.firsts[KNOWN[name]] ?? -1);
    }
    return fields.filter((_, i) => !gone.has(i));
  }
}
