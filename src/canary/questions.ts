// Everything that one round asks, in order. Pure: what is random comes in; who is asked is not known here.
import type { Field } from '../http/message.js';
import type { CanarySettings } from './canary-settings.js';
import type { Edge } from './edges.js';
import type { Entry, Question } from './question.js';
import { ANSWERS_PATH } from './mirror-fields.js';

/** A question with what must be true of what reaches the mirror. */
export interface Asked extends Question {
  /** `nothing`: of what the canary carries and of identity; `promised`: what the policy releases at this host, exactly; `not-forged`:
   *  all but the forged number; `clean`: no identity in the answer itself. */
  readonly expects: 'nothing' | 'promised' | 'not-forged' | 'clean';
  readonly host: string;
  /** What arrives is a leak only where the positive part sees: the canary itself sent it, for the gateway to find beside its header. */
  readonly restsOnPositive: boolean;
}

export interface RoundParts {
  /** Those of this round. */
  readonly edges: readonly Edge[];
  /** Whether a number under a name that nobody knows is withheld (`detection.exact`). */
  readonly withholdsExact: boolean;
  /** Each time another word without digits in a row. */
  readonly nonce: () => string;
}

/** A name that no catalogue has. */
const UNKNOWN = 'X-Canary-Ref';

export function questionsOf(settings: CanarySettings, { edges, withholdsExact, nonce }: RoundParts): readonly Asked[] {
  const { network, carries, strangers, partner, spoof, boundary } = settings;
  const own: readonly Field[] = carries.map(({ header: name, value }) => ({ name, value }));
  const added = network.adds ? [] : own;
  const make = (
    about: Pick<Asked, 'probe' | 'what' | 'expects'>,
    place: string,
    fields: readonly Field[],
    entry: Entry = network,
  ): Asked => {
    const word = nonce();
    const { host } = new URL(place);
    return { ...about, entry, url: `${place}?canary=${word}`, nonce: word, fields, host, restsOnPositive: false };
  };
  const [first = ''] = strangers;
  const elsewhere = { name: UNKNOWN, value: carries[0]?.value ?? '' };
  const named = (how: (name: string) => string): readonly Field[] =>
    own.map(({ name, value }) => ({ name: how(name), value }));
  const nominated = { name: 'Connection', value: ['close', ...own.map(({ name }) => name)].join(', ') };
  const negative = (what: string, place: string, fields: readonly Field[]): Asked =>
    make({ probe: 'negative', what, expects: 'nothing' }, place, fields);
  return [
    make({ probe: 'positive', what: 'the partner’s place', expects: 'promised' }, partner, added),
    ...strangers.map((place) => negative('a stranger', place, added)),
    ...(withholdsExact
      ? [
          {
            ...negative('the number under a name that nobody knows', first, [...added, elsewhere]),
            restsOnPositive: true,
          },
        ]
      : []),
    ...(network.adds
      ? []
      : [
          negative(
            'the names with `_`',
            first,
            named((name) => name.replaceAll('-', '_')),
          ),
          negative(
            'the names as CGI writes them',
            first,
            named((name) => `HTTP_${name.replaceAll('-', '_').toUpperCase()}`),
          ),
          negative('the names in `Connection`', first, [...own, nominated]),
        ]),
    ...(boundary === undefined
      ? []
      : [
          make(
            { probe: 'boundary', what: 'the partner’s place, on its listener', expects: 'promised' },
            partner,
            own,
            boundary,
          ),
          ...edges.map(({ authority, beside }) =>
            make({ probe: 'boundary', what: beside, expects: 'nothing' }, `http://${authority}/`, own, boundary),
          ),
        ]),
    ...(spoof === undefined
      ? []
      : [
          make(
            { probe: 'spoof', what: 'a forged number past the network', expects: 'not-forged' },
            partner,
            carries.map(({ header: name }) => ({ name, value: spoof.value })),
            spoof,
          ),
          ...(network.adds
            ? [
                make(
                  { probe: 'spoof', what: 'a forged number through the network', expects: 'not-forged' },
                  partner,
                  carries.map(({ header: name }) => ({ name, value: spoof.value })),
                ),
              ]
            : []),
        ]),
    make(
      { probe: 'answers', what: 'identity in an answer', expects: 'clean' },
      new URL(ANSWERS_PATH, first).href,
      added,
    ),
  ];
}
