// The plan of a usual request, on its bytes: which fields do not leave, and what is counted. It knows the easy cases alone and says
// `strings` of all others; `plan()` decides those.
// INVARIANT: whenever it says `bytes`, `plan()` keeps the other fields as sent and counts the same (test/fuzz/byte-plan.test.ts).
import { MARKED_DIGITS, PER_FIELD } from '../http/field-store.js';
import type { HeadLines } from '../http/head-lines.js';
import { CLUE, DROPPED, FRAMING, HOST, IDENTITY, KEPT, LOGIN, PROXY, UNSURE } from './byte-names.js';
import type { ByteRelease, ByteRules } from './byte-rules.js';
import { decodeInto, hasDigestRun, mayHoldNumber } from './byte-runs.js';
import { ESCAPES, escapesIn, holdsWordAt, nextWord, SUSPECT, type Swept } from './byte-sweep.js';
import type { IdentityClass } from '../policy/policy.js';
import { hintOf } from './hint.js';
import { NONE, type NeedleRows } from './needle-rows.js';
import type { DetectionTally, Needle } from './plan-types.js';

export interface ByteCircumstances {
  /** Of these rules and the request's host. */
  readonly release: ByteRelease;
  readonly trusted: boolean;
  /** Where the path of the request stands in the bytes of its lines. */
  readonly pathStart: number;
  readonly pathEnd: number;
  /** Absent: a value that may be a digest is always for the plan on strings. */
  readonly tally?: DetectionTally;
}

const MOST_VALUE = 4096;
/** A longer identity value, and more of them, are for the plan on strings. */
const MOST_CARRIED_VALUE = 256;
const MOST_CARRIED = 8;
const MOST_NAMES = 1024;
/** In base64 without padding: an MD5. */
const LEAST_DIGEST = 22;
const PROXY_LETTERS = 5;
const NO_CELLS: Int32Array = new Int32Array(0);
const NO_BYTES: Buffer = Buffer.alloc(0);
const NO_VIEW: DataView = new DataView(new ArrayBuffer(0));

export class BytePlan {
  /** Numbers of fields that do not leave, ascending: not Host, and not a real Content-Length or Transfer-Encoding, whatever its value. */
  drops = new Int32Array(128);
  dropped = 0;
  /** Numbers in `ByteRules.labels`, one for each identity field that is withheld, in order; each is spoofed too when not trusted. */
  stripped = new Int32Array(128);
  strippedCount = 0;
  /** Numbers in `ByteRelease.rules`, of fields that leave as they are. */
  released = new Int32Array(128);
  releasedCount = 0;
  verdict: 'released' | 'stripped' | 'untouched' = 'untouched';
  /** Whether any of `needles` is a token. */
  hasTokens = false;
  /** Authorization names NTLM or Negotiate, which log in the connection. */
  hasLogin = false;

  readonly #carrier = { known: 0, class: 'token' as IdentityClass, key: '', isOwnKey: false };
  readonly #eights = { cells: NO_CELLS, at: 0, count: 0 };
  readonly #span = { bytes: NO_BYTES, view: NO_VIEW, start: 0, end: 0 };
  readonly #scratch = new Uint8Array(MOST_VALUE);
  /** Whether a name with a clue gives a hint. */
  readonly #hints = new Map<string, boolean>();
  /** Fields that hold identity, withheld or released. */
  #carriers = new Int32Array(128);
  #carrierCount = 0;
  #rows: NeedleRows | null = null;
  #row = NONE;

  /** Until the next `make`. */
  get needles(): readonly Needle[] {
    return this.#rows?.setOf(this.#row).needles ?? [];
  }

  /** Their row in the rules' `needles`, until the next `make`; NONE: there are none. */
  get row(): number {
    return this.#row;
  }

  /**
   * For a head that `RequestReader` calls canonical (`unusual` is null), without lockdown and quarantine, with no `Via` added, at a time
   * within the stretch of `rules`. `strings`: not sure, or unusual; then nothing here holds and `tally` is as it was.
   */
  make(rules: ByteRules, lines: HeadLines, at: ByteCircumstances): 'bytes' | 'strings' {
    if (at.release.needsStrings || lines.classes !== rules.names || rules.meanings.length === 0) return 'strings';
    if (lines.count > this.drops.length) this.#grow(lines.count);
    this.dropped = 0;
    this.strippedCount = 0;
    this.releasedCount = 0;
    this.hasLogin = false;
    this.#carrierCount = 0;
    if (!this.#judgeNames(rules, lines, at)) return 'strings';
    const row = this.#needlesOf(rules, lines, at);
    if (row === -1 || !this.#isClean(rules, lines, at, row)) return 'strings';
    this.#rows = rules.needles;
    this.#row = row;
    this.hasTokens = rules.needles.hasTokens(row);
    this.verdict = this.releasedCount > 0 ? 'released' : this.strippedCount > 0 ? 'stripped' : 'untouched';
    return 'bytes';
  }

  #grow(fields: number): void {
    this.drops = new Int32Array(fields);
    this.stripped = new Int32Array(fields);
    this.released = new Int32Array(fields);
    this.#carriers = new Int32Array(fields);
  }

  /** Drops and counts by name; false: not sure. */
  #judgeNames(rules: ByteRules, lines: HeadLines, { release, trusted }: ByteCircumstances): boolean {
    const { listed, listedCount, nameClass, present, firsts } = lines;
    for (let i = 0; i < listedCount; i += 1) {
      const field = listed[i] ?? 0;
      const known = nameClass[field] ?? 0;
      switch (rules.kinds[known] ?? UNSURE) {
        case KEPT:
          break;
        case DROPPED:
          this.drops[this.dropped++] = field;
          break;
        case HOST:
        case FRAMING:
          if ((present & (1 << known)) === 0 || firsts[known] !== field) this.drops[this.dropped++] = field;
          break;
        case PROXY:
          if (isForProxies(lines, field)) this.drops[this.dropped++] = field;
          else if (this.#isHint(lines, field)) return false;
          break;
        case LOGIN:
          if (saysLogin(lines, field)) this.hasLogin = true;
          break;
        case CLUE:
          if (this.#isHint(lines, field)) return false;
          break;
        case IDENTITY: {
          this.#carriers[this.#carrierCount++] = field;
          const rule = release.ruleOf?.[known] ?? -1;
          if (rule >= 0 && trusted) {
            if (!this.#releases(lines, field, release, rule)) return false;
          } else {
            this.stripped[this.strippedCount++] = rules.labelOf[known] ?? 0;
            this.drops[this.dropped++] = field;
          }
          break;
        }
        default:
          return false;
      }
    }
    return true;
  }

  /** The one field of its rule, spelled as the rule is. */
  #releases(lines: HeadLines, field: number, { rules }: ByteRelease, rule: number): boolean {
    for (let i = 0; i < this.releasedCount; i += 1) if (this.released[i] === rule) return false;
    const header = rules[rule]?.header ?? '';
    const start = lines.offsets[PER_FIELD * field] ?? 0;
    if ((lines.offsets[PER_FIELD * field + 1] ?? 0) - start !== header.length) return false;
    for (let i = 0; i < header.length; i += 1) if (lines.bytes[start + i] !== header.charCodeAt(i)) return false;
    this.released[this.releasedCount++] = rule;
    return true;
  }

  #isHint(lines: HeadLines, field: number): boolean {
    const name = lines.nameAt(field);
    let isHint = this.#hints.get(name);
    if (isHint === undefined) {
      isHint = hintOf(name) !== undefined;
      if (this.#hints.size >= MOST_NAMES) this.#hints.clear();
      if (name.length <= 64) this.#hints.set(name, isHint);
    }
    return isHint;
  }

  /** The row of the needles, of what leaves unchanged first, as `filterFields` has them; -1: not sure. */
  #needlesOf(rules: ByteRules, lines: HeadLines, { release, trusted }: ByteCircumstances): number {
    const { needles } = rules;
    let row = NONE;
    let last = 0;
    const span = this.#span;
    const carrier = this.#carrier;
    for (let round = release.ruleOf === null ? 1 : 0; round < 2; round += 1) {
      for (let i = 0; i < this.#carrierCount; i += 1) {
        const field = this.#carriers[i] ?? 0;
        const known = lines.nameClass[field] ?? 0;
        if (rules.hasNeedles[known] !== 1) continue;
        const isReleased = trusted && (release.ruleOf?.[known] ?? -1) >= 0;
        const meaning = rules.meanings[known];
        if (isReleased !== (round === 0) || meaning === undefined) continue;
        const start = lines.offsets[PER_FIELD * field + 2] ?? 0;
        const end = lines.offsets[PER_FIELD * field + 3] ?? 0;
        if (end - start > MOST_CARRIED_VALUE || needles.valuesOf(row) >= MOST_CARRIED) return -1;
        // An enricher sends a number under several names: nothing new is looked for.
        if (row !== NONE && carrier.class === meaning.class && isSame(lines, field, last)) continue;
        last = field;
        carrier.known = known;
        carrier.class = meaning.class;
        carrier.isOwnKey = meaning.key === null;
        carrier.key = meaning.key ?? rules.ruleset.identify(lines.nameAt(field))?.key ?? '';
        span.bytes = lines.bytes;
        span.view = lines.view;
        span.start = start;
        span.end = end;
        row = needles.with(row, carrier, span);
        if (needles.isUnsure(row)) return -1;
      }
    }
    return row;
  }

  /** No detector finds anything in what is left. */
  #isClean(rules: ByteRules, lines: HeadLines, at: ByteCircumstances, row: number): boolean {
    const { bytes, start, end } = lines;
    if (end - start > MOST_VALUE && hasLongValue(lines, at)) return false;
    const { needles, prefixes } = rules;
    // Nothing is looked for.
    if (row === NONE && prefixes.least === Infinity) return true;
    const eights = this.#eights;
    eights.cells = needles.cells;
    eights.at = needles.eightsAt(row);
    eights.count = needles.eightsOf(row);
    if (this.#holdsNumber(rules, lines, at)) return false;
    const swept = this.#sweep(needles, row, lines);
    if (swept === SUSPECT) return false;
    if (!needles.hasNumbers(row)) return true;
    const digests = this.#digestsIn(rules, lines, at, swept === ESCAPES ? bytes.toString('latin1', start, end) : '');
    if (digests === 0) return true;
    if (at.tally === undefined || at.tally.digestValuesLeft > 0) return false;
    at.tally.digestValuesSkipped += digests;
    return true;
  }

  /** All bytes: escapes, and words of the needles outside the fields that carry them. */
  #sweep(needles: NeedleRows, row: number, lines: HeadLines): Swept {
    const escapes = escapesIn(lines);
    if (escapes === SUSPECT || row === NONE) return escapes;
    const step = needles.stepOf(row);
    for (let at = nextWord(needles, row, lines, lines.start); at >= 0; at = nextWord(needles, row, lines, at + step)) {
      if (!this.#isInCarrier(lines, at) && holdsWordAt(needles.setOf(row).words, lines.bytes, at, step)) return SUSPECT;
    }
    return escapes;
  }

  /** Whether the path or an examined value may hold a number of ours, or a needle in digits. */
  #holdsNumber(rules: ByteRules, lines: HeadLines, { pathStart, pathEnd }: ByteCircumstances): boolean {
    const { offsets, numbered, numberedCount, count } = lines;
    const { prefixes } = rules;
    const eights = this.#eights;
    // The marks are of seven digits: of shorter numbers they say nothing.
    const hasMarks = prefixes.least >= MARKED_DIGITS;
    if ((lines.lineDigits !== 0 || !hasMarks) && mayHoldNumber(lines, pathStart, pathEnd, prefixes, eights))
      return true;
    const most = hasMarks ? numberedCount : count;
    for (let i = 0; i < most; i += 1) {
      const field = hasMarks ? (numbered[i] ?? 0) : i;
      if (!this.#isExamined(rules, lines, field)) continue;
      const place = PER_FIELD * field + 2;
      if (mayHoldNumber(lines, offsets[place] ?? 0, offsets[place + 1] ?? 0, prefixes, eights)) return true;
    }
    return false;
  }

  /** How many texts have a run of a digest's length: the path and each examined value, as sent and decoded. `text`: the head; empty: without escapes. */
  #digestsIn(rules: ByteRules, lines: HeadLines, { pathStart, pathEnd }: ByteCircumstances, text: string): number {
    const { bytes, offsets, count } = lines;
    let found = this.#digestTexts(lines, pathStart, pathEnd, text);
    for (let field = 0; field < count; field += 1) {
      const from = offsets[PER_FIELD * field + 2] ?? 0;
      const to = offsets[PER_FIELD * field + 3] ?? 0;
      if (to - from < LEAST_DIGEST || !this.#isExamined(rules, lines, field)) continue;
      if (text !== '') found += this.#digestTexts(lines, from, to, text);
      else if (hasDigestRun(bytes, from, to)) found += 1;
    }
    return found;
  }

  #digestTexts({ bytes, start }: HeadLines, from: number, to: number, text: string): number {
    const found = hasDigestRun(bytes, from, to) ? 1 : 0;
    if (text === '') return found;
    const escape = text.indexOf('%', from - start);
    if (escape < 0 || escape >= to - start) return found;
    const length = decodeInto(this.#scratch, bytes, from, to);
    return hasDigestRun(this.#scratch, 0, length) ? found + 1 : found;
  }

  /** Detectors look at it: it leaves, and not because it is released. */
  #isExamined(rules: ByteRules, lines: HeadLines, field: number): boolean {
    const known = lines.nameClass[field] ?? 0;
    if (known === 0) return true;
    const kind = rules.kinds[known] ?? UNSURE;
    return kind === KEPT || kind === LOGIN || kind === CLUE || (kind === PROXY && !isForProxies(lines, field));
  }

  #isInCarrier({ offsets }: HeadLines, place: number): boolean {
    for (let i = 0; i < this.#carrierCount; i += 1) {
      const field = this.#carriers[i] ?? 0;
      if (place >= (offsets[PER_FIELD * field + 2] ?? 0) && place < (offsets[PER_FIELD * field + 3] ?? 0)) return true;
    }
    return false;
  }
}

/** Whether two fields have the same value. */
function isSame({ bytes, offsets }: HeadLines, one: number, other: number): boolean {
  const start = offsets[PER_FIELD * one + 2] ?? 0;
  const length = (offsets[PER_FIELD * one + 3] ?? 0) - start;
  const begins = offsets[PER_FIELD * other + 2] ?? 0;
  if ((offsets[PER_FIELD * other + 3] ?? 0) - begins !== length) return false;
  for (let i = 0; i < length; i += 1) if (bytes[start + i] !== bytes[begins + i]) return false;
  return true;
}

function hasLongValue({ offsets, count }: HeadLines, { pathStart, pathEnd }: ByteCircumstances): boolean {
  if (pathEnd - pathStart > MOST_VALUE) return true;
  for (let field = 0; field < count; field += 1) {
    const place = PER_FIELD * field + 2;
    if ((offsets[place + 1] ?? 0) - (offsets[place] ?? 0) > MOST_VALUE) return true;
  }
  return false;
}

/** A key that begins with `proxy`, whose name does and has another word behind it (`isForProxies` of http). */
function isForProxies({ bytes, offsets }: HeadLines, field: number): boolean {
  const start = offsets[PER_FIELD * field] ?? 0;
  if ((offsets[PER_FIELD * field + 1] ?? 0) - start <= PROXY_LETTERS) return false;
  for (let i = 0; i < PROXY_LETTERS; i += 1) {
    if (((bytes[start + i] ?? 0) | 0x20) !== 'proxy'.charCodeAt(i)) return false;
  }
  return !/[a-z0-9]/i.test(String.fromCharCode(bytes[start + PROXY_LETTERS] ?? 0));
}

/** `NTLM` or `Negotiate` among the words of the value. */
export function saysLogin(lines: HeadLines, field: number): boolean {
  return /(?:^|[\s,])(?:ntlm|negotiate)\b/i.test(lines.valueAt(field));
}
