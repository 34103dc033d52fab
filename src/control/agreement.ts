// Whether the two files speak of the same things: a policy names listeners and keys that only the settings can have.
import type { Problem, Span } from '../document/problem.js';
import { nearestWord } from '../document/nearest.js';
import type { Compiled } from '../policy/compile.js';
import type { Settings } from './settings.js';

/** One problem for each listener and each key that the policy names and the settings lack. */
export function disagreements({ policy, places }: Compiled, settings: Pick<Settings, 'listeners' | 'keys'>): Problem[] {
  const listeners = settings.listeners.map((listener) => listener.name);
  const keys = Object.keys(settings.keys);
  const unknownListeners = (named: readonly string[] | null, span: Span | undefined): Problem[] =>
    (named ?? [])
      .filter((name) => !listeners.includes(name))
      .map((name) =>
        unknown('listener-unknown', `listener \`${name}\` is not in the settings`, {
          near: nearestWord(name, listeners),
          span,
        }),
      );
  return [
    ...policy.partners.flatMap((partner, index) => [
      ...unknownListeners(partner.listeners, places.partnerKey(index, 'listeners')),
      ...partner.release.flatMap((rule, release) =>
        rule.keyIds
          .filter((id) => !keys.includes(id))
          .map((id) =>
            unknown('key-unknown', `key \`${id}\` is not in \`keys\` of the settings`, {
              near: nearestWord(id, keys),
              span: places.release(index, release),
            }),
          ),
      ),
    ]),
    ...policy.deny.flatMap((deny, index) => unknownListeners(deny.listeners, places.deny(index))),
  ];
}

function unknown(
  code: string,
  message: string,
  { near, span }: { near: string | undefined; span: Span | undefined },
): Problem {
  return {
    code,
    severity: 'error',
    message,
    ...(near === undefined ? {} : { help: `did you mean \`${near}\`?` }),
    ...(span === undefined ? {} : { span }),
  };
}
