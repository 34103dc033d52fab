// The plan of a usual request, on its bytes: which fields do not leave, and what is counted. It knows the easy cases alone and says
// `strings` of all others; `plan()` decides those.
// INVARIANT: whenever it says `bytes`, `plan()` keeps the other fields as sent and counts the same (test/fuzz/byte-plan.test.ts).
import { PER_FIELD } from '../http/field-store.js';
import type { HeadLines } from '../http/head-lines.js';
import { CLUE, DROPPED, FRAMING, HOST, IDENTITY, KEPT, LOGIN, type Meaning, PROXY, UNSURE } from './byte-names.js';
import type { NeedleSet } from './byte-needles.js';
import type { ByteRelease, ByteRules } from './byte-rules.js';
import { decodeInto, hasDigestRun, isPlainEscape, mayHoldNumber } from './byte-runs.js';
import { hintOf } from './hint.js';
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
/** The mark of seven digits that the lines have finds every run of so many. */
const MARKED_DIGITS = 7;
const MOST_NAMES = 1024;
const NO_EIGHTS = new Int32Array(0);
const NO_NEEDLES: readonly Needle[] = [];
const PROXY_LETTERS = 5;

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
  needles: readonly Needle[] = NO_NEEDLES;
  /** The head as it came, one character a byte. */
  text = '';
  /** Authorization names NTLM or Negotiate, which log in the connection. */
  hasLogin = false;

  readonly #scratch = new Uint8Array(MOST_VALUE);
  /** Whether a name with a clue gives a hint. */
  readonly #hints = new Map<string, boolean>();
  /** Fields that hold identity, withheld or released. */
  #carriers = new Int32Array(128);
  #carrierCount = 0;

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
    const set = this.#needlesOf(rules, lines, at);
    if (set === undefined || !this.#isClean(rules, lines, at, set)) return 'strings';
    this.needles = set.needles;
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
      switch (rules.meanings[known]?.kind ?? UNSURE) {
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

  /** Undefined: not sure. */
  #needlesOf(rules: ByteRules, lines: HeadLines, at: ByteCircumstances): NeedleSet | undefined {
    if (this.#carrierCount === 0) return rules.needles.none;
    const { memory } = rules;
    const isKept = this.#remember(rules, lines, at);
    const known = isKept ? memory.find() : undefined;
    if (known !== undefined) return known;
    const set = this.#freshNeedles(rules, lines, at);
    if (isKept && set !== undefined) memory.keep(set);
    return set;
  }

  /** Asks the memory for the values in their order; false: they are not what it keeps. */
  #remember(rules: ByteRules, lines: HeadLines, { release, trusted }: ByteCircumstances): boolean {
    const { memory } = rules;
    memory.begin();
    for (let round = release.ruleOf === null ? 1 : 0; round < 2; round += 1) {
      for (let i = 0; i < this.#carrierCount; i += 1) {
        const field = this.#carriers[i] ?? 0;
        const known = lines.nameClass[field] ?? 0;
        const isReleased = trusted && (release.ruleOf?.[known] ?? -1) >= 0;
        const meaning = rules.meanings[known];
        if (isReleased !== (round === 0) || meaning === undefined || !hasNeedles(meaning)) continue;
        // What a prefix names is known by its whole name.
        if (meaning.key === null) return false;
        const start = lines.offsets[PER_FIELD * field + 2] ?? 0;
        const end = lines.offsets[PER_FIELD * field + 3] ?? 0;
        if (!memory.add(known, lines.bytes, start, end)) return false;
      }
    }
    return true;
  }

  /** Of what leaves unchanged first, as `filterFields` has them; undefined: not sure. */
  #freshNeedles(rules: ByteRules, lines: HeadLines, { release, trusted }: ByteCircumstances): NeedleSet | undefined {
    let set = rules.needles.none;
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < this.#carrierCount; i += 1) {
        const field = this.#carriers[i] ?? 0;
        const known = lines.nameClass[field] ?? 0;
        const isReleased = trusted && (release.ruleOf?.[known] ?? -1) >= 0;
        const meaning = rules.meanings[known];
        if (isReleased !== (round === 0) || meaning === undefined || !hasNeedles(meaning)) continue;
        const start = lines.offsets[PER_FIELD * field + 2] ?? 0;
        const end = lines.offsets[PER_FIELD * field + 3] ?? 0;
        if (end - start > MOST_CARRIED_VALUE || set.carried.length >= MOST_CARRIED) return undefined;
        const value = lines.bytes.toString('latin1', start, end);
        if (meaning.key === null) {
          const key = rules.ruleset.identify(lines.nameAt(field))?.key ?? '';
          set = rules.needles.with(set, known, { key, class: meaning.class, value }, `${key} ${value}`);
        } else {
          set = rules.needles.with(set, known, { key: meaning.key, class: meaning.class, value }, value);
        }
        if (set.isUnsure) return undefined;
      }
    }
    return set;
  }

  /** No detector finds anything in what is left. */
  #isClean(rules: ByteRules, lines: HeadLines, at: ByteCircumstances, set: NeedleSet): boolean {
    const { bytes, start, end, offsets, digits, count, lineDigits } = lines;
    const { prefixes } = rules;
    const hasAllMarks = prefixes.least >= MARKED_DIGITS;
    const eights = set.hasNumbers ? set.eights : NO_EIGHTS;
    const isLong = end - start > MOST_VALUE;
    if (isLong && at.pathEnd - at.pathStart > MOST_VALUE) return false;
    if ((lineDigits !== 0 || !hasAllMarks) && mayHoldNumber(bytes, at.pathStart, at.pathEnd, prefixes, eights))
      return false;
    const text = bytes.toString('latin1', start, end);
    this.text = text;
    let hasEscapes = false;
    for (let i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      if (isPlainEscape(text, i)) return false;
      hasEscapes = true;
    }
    for (const word of set.words) {
      for (let i = text.indexOf(word); i >= 0; i = text.indexOf(word, i + 1)) {
        if (!this.#isInCarrier(lines, start + i)) return false;
      }
    }
    let skipped = set.hasNumbers ? this.#digestsIn(lines, at.pathStart, at.pathEnd, hasEscapes) : 0;
    for (let field = 0; field < count; field += 1) {
      const valueStart = offsets[PER_FIELD * field + 2] ?? 0;
      const valueEnd = offsets[PER_FIELD * field + 3] ?? 0;
      if (isLong && valueEnd - valueStart > MOST_VALUE) return false;
      if (!this.#isExamined(rules, lines, field)) continue;
      if ((digits[field] !== 0 || !hasAllMarks) && mayHoldNumber(bytes, valueStart, valueEnd, prefixes, eights))
        return false;
      if (set.hasNumbers) skipped += this.#digestsIn(lines, valueStart, valueEnd, hasEscapes);
    }
    if (skipped === 0) return true;
    if (at.tally === undefined || at.tally.digestValuesLeft > 0) return false;
    at.tally.digestValuesSkipped += skipped;
    return true;
  }

  /** Detectors look at it: it leaves, and not because it is released. */
  #isExamined(rules: ByteRules, lines: HeadLines, field: number): boolean {
    const known = lines.nameClass[field] ?? 0;
    if (known === 0) return true;
    const kind = rules.meanings[known]?.kind;
    return kind === KEPT || kind === LOGIN || kind === CLUE || (kind === PROXY && !isForProxies(lines, field));
  }

  #isInCarrier({ offsets }: HeadLines, place: number): boolean {
    for (let i = 0; i < this.#carrierCount; i += 1) {
      const field = this.#carriers[i] ?? 0;
      if (place >= (offsets[PER_FIELD * field + 2] ?? 0) && place < (offsets[PER_FIELD * field + 3] ?? 0)) return true;
    }
    return false;
  }

  /** How many texts with a run of a digest's length a value is, as sent and decoded. */
  #digestsIn({ bytes }: HeadLines, from: number, to: number, hasEscapes: boolean): number {
    let found = hasDigestRun(bytes, from, to) ? 1 : 0;
    if (!hasEscapes || bytes.subarray(from, to).indexOf(0x25) < 0) return found;
    const length = decodeInto(this.#scratch, bytes, from, to);
    if (hasDigestRun(this.#scratch, 0, length)) found += 1;
    return found;
  }
}

function hasNeedles({ class: carries }: Meaning): boolean {
  return carries === 'msisdn' || carries === 'imsi_imei' || carries === 'token';
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
