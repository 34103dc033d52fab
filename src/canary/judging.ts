// What a reply proves: nothing arrived that must not, something did, or the canary could not see. Pure; it says names and never values.
import type { Field } from '../http/message.js';
import { parseAuthority } from '../names/authority.js';
import { identitySearch } from './identity-values.js';
import { readMirrorAnswer, type MirrorAnswer } from './mirror-answer.js';
import { ANSWER_FIELDS } from './mirror-fields.js';
import type { Reply } from './question.js';
import type { Asked } from './questions.js';
import { keyFor, personalIdentity, releaseAt, type Rules } from './rules.js';

export type Finding =
  | { readonly kind: 'fine' }
  /** `names`: of the fields that must not have arrived. */
  | { readonly kind: 'leak'; readonly names: readonly string[] }
  /** `why`: one line. */
  | { readonly kind: 'broken'; readonly why: string };

export interface JudgeParts {
  readonly agreed: Rules;
  /** As which the policy judges it; null: any. */
  readonly listener: string | null;
  readonly nowMs: number;
  readonly carries: readonly { readonly header: string; readonly value: string }[];
  /** Undefined: none is forged. */
  readonly forged: string | undefined;
}

/** `KEYID.` and 43 characters, one for each key of an overlap. */
const PSEUDONYM = /^[\w-]+\.[\w-]{43}$/;

export class Judge {
  readonly #parts: JudgeParts;
  readonly #isCarried: (text: string) => boolean;
  readonly #isForged: (text: string) => boolean;
  readonly #isAnswered: (text: string) => boolean;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
    this.#isCarried = identitySearch(parts.carries.map(({ value }) => value));
    this.#isForged = identitySearch(parts.forged === undefined ? [] : [parts.forged]);
    this.#isAnswered = identitySearch(ANSWER_FIELDS.map(([, value]) => value));
  }

  judge(asked: Asked, reply: Reply): Finding {
    if (reply.failure !== null) return broken(reply.failure);
    const { answered, fields, target } = readMirrorAnswer(reply.body) ?? {};
    if (answered === undefined || fields === undefined || target === undefined)
      return broken(`what answered is no mirror: status ${reply.status}`);
    if (!target.includes(asked.nonce)) return broken('the answer is to another request: something keeps answers');
    const seen: Seen = { answered, fields, target };
    switch (asked.expects) {
      case 'nothing':
        return leakOf(this.#strays(seen, new Set()));
      case 'promised':
        return this.#promised(asked, seen);
      case 'not-forged':
        return leakOf(namesWhere(seen, this.#isForged));
      case 'clean':
        return this.#clean(seen, reply.fields);
      default:
        return asked.expects satisfies never;
    }
  }

  /** Names of fields that are identity, or hold what the canary carries, and are not `released`. */
  #strays({ fields, target }: Seen, released: ReadonlySet<string>): readonly string[] {
    const { agreed } = this.#parts;
    const strays = fields
      .filter(({ name, value }) => {
        if (released.has(keyFor(agreed, name))) return false;
        return personalIdentity(agreed, name) !== undefined || this.#isCarried(name) || this.#isCarried(value);
      })
      .map(({ name }) => (this.#isCarried(name) ? 'a name' : name));
    return this.#isCarried(target) ? [...strays, 'the target'] : strays;
  }

  /** What the policy releases there of what the canary carries. */
  #promises(host: string): { readonly keys: ReadonlySet<string>; readonly unchanged: ReadonlySet<string> } {
    const { agreed, listener, nowMs } = this.#parts;
    const authority = parseAuthority(host, 80);
    const release = authority === undefined ? undefined : releaseAt(agreed, authority, { listener, nowMs });
    const rules = [...(release?.rules.values() ?? [])];
    return {
      keys: new Set(rules.map(({ key }) => key)),
      unchanged: new Set(rules.filter(({ form }) => form === 'unchanged').map(({ key }) => key)),
    };
  }

  #promised(asked: Asked, seen: Seen): Finding {
    const { agreed, carries } = this.#parts;
    const { keys, unchanged } = this.#promises(asked.host);
    const promised = carries.filter(({ header }) => keys.has(keyFor(agreed, header)));
    if (promised.length === 0)
      return broken(`the policy releases nothing of what the canary carries to \`${asked.host}\``);
    const wrong: string[] = [];
    const missing: string[] = [];
    for (const { header, value } of promised) {
      const key = keyFor(agreed, header);
      const arrived = seen.fields.filter(({ name }) => keyFor(agreed, name) === key);
      const isAsPromised = ({ value: got }: Field): boolean =>
        unchanged.has(key) ? got === value : got.split(/, ?/).every((part) => PSEUDONYM.test(part));
      if (arrived.length === 0) missing.push(header);
      else if (arrived.length > 1 || !arrived.every(isAsPromised)) wrong.push(header);
    }
    const strays = this.#strays(seen, keys);
    // A pseudonym that is promised and comes as the number is a leak; a number that is promised and comes as another is none.
    const bare = wrong.filter((header) => !unchanged.has(keyFor(agreed, header)));
    if (strays.length + bare.length > 0) return leakOf([...strays, ...bare]);
    if (missing.length > 0) return broken(`promised and not there: ${missing.join(', ')}`);
    return wrong.length > 0 ? broken(`promised and otherwise there: ${wrong.join(', ')}`) : { kind: 'fine' };
  }

  #clean({ answered }: Seen, fields: readonly Field[]): Finding {
    if (answered.length === 0) return broken('the mirror put no identity into its answer');
    const { agreed } = this.#parts;
    return leakOf(
      fields
        .filter(({ name, value }) => personalIdentity(agreed, name) !== undefined || this.#isAnswered(value))
        .map(({ name }) => name),
    );
  }
}

type Seen = Pick<MirrorAnswer, 'answered' | 'fields' | 'target'>;

function namesWhere({ fields }: Seen, isIt: (text: string) => boolean): readonly string[] {
  return fields.filter(({ name, value }) => isIt(name) || isIt(value)).map(({ name }) => name);
}

function leakOf(names: readonly string[]): Finding {
  return names.length === 0 ? { kind: 'fine' } : { kind: 'leak', names: [...new Set(names)] };
}

function broken(why: string): Finding {
  return { kind: 'broken', why };
}
