// The `identity` part of a policy: own headers, watched names, numbers. What could hide identity from the strip is refused.
import { keyOf } from '../names/key.js';
import { catalogueIdentityOf } from './catalogue.js';
import { complain, periodOf, type CompileContext } from './compile-context.js';
import { identifierOf } from './identify.js';
import type { NumberPlan, OwnHeader, Watch } from './policy.js';
import { reservedNameOf } from './reserved-names.js';
import type { PolicyFile } from './schema.js';

type IdentityFile = NonNullable<PolicyFile['identity']>;

/** Key characters that an own prefix needs: `x-acme-` has 5, `x-acme-s` has 6. */
const PREFIX_KEY_CHARACTERS = 6;

export function compileOwnHeaders(
  context: CompileContext,
  file: NonNullable<IdentityFile['headers']>,
): readonly OwnHeader[] {
  const seen = new Map<string, string>();
  return file.flatMap((item, index) => {
    const path = ['identity', 'headers', index];
    if ((item.name === undefined) === (item.prefix === undefined)) {
      complain(context, path, {
        code: 'header-name-or-prefix',
        message: 'an own header has either `name` or `prefix`, and one of them',
      });
      return [];
    }
    const kind = item.name === undefined ? 'prefix' : 'name';
    const spelling = item.name ?? item.prefix ?? '';
    const key = keyOf(spelling);
    const place = [...path, kind];
    if (kind === 'prefix' && key.length < PREFIX_KEY_CHARACTERS) {
      complain(context, place, {
        code: 'prefix-short',
        message: `prefix \`${spelling}\` has ${key.length} letters and digits: at least ${PREFIX_KEY_CHARACTERS}`,
        help: 'write more of the name, or list the names',
      });
    }
    const reserved = reservedNameOf(key, kind);
    if (reserved !== undefined) {
      complain(context, place, {
        code: 'header-reserved',
        message: `\`${spelling}\` would withhold \`${reserved}\` from everyone: that name belongs to HTTP or to the subscriber`,
      });
    }
    const before = seen.get(`${kind} ${key}`);
    if (before !== undefined) {
      complain(context, place, {
        code: 'header-twice',
        message: `\`${spelling}\` and \`${before}\` are one header: a header is listed once`,
        help: 'case, `-`, `_` and `.` do not distinguish names',
      });
    }
    seen.set(`${kind} ${key}`, spelling);
    return [{ kind, key, spelling, carries: item.carries }];
  });
}

/** Watched names, of the catalogue or such as nobody knew; `headers` are the own ones, which are never watched. */
export function compileWatch(
  context: CompileContext,
  file: NonNullable<IdentityFile['watch']>,
  headers: readonly OwnHeader[],
): readonly Watch[] {
  const identify = identifierOf(headers);
  const seen = new Set<string>();
  return file.map((item, index) => {
    const path = ['identity', 'watch', index];
    const identity = identify(item.name);
    const key = identity?.key ?? keyOf(item.name);
    if (item.prefix !== undefined) {
      complain(context, [...path, 'prefix'], {
        code: 'watch-prefix',
        message: `prefix \`${item.prefix}\` would be forwarded to everyone whatever follows it: one name at a time is watched`,
        help: 'list the names',
      });
    }
    if (identity?.source === 'own') {
      complain(context, [...path, 'name'], {
        code: 'watch-own',
        message: `\`${item.name}\` is in \`identity.headers\`: what our own enrichers add is never forwarded to everyone`,
        help: 'take it out of one of the two',
      });
    } else if (identity !== undefined && catalogueIdentityOf(key)?.common !== true) {
      complain(context, [...path, 'name'], {
        code: 'watch-not-common',
        message: `\`${item.name}\` is no name that ordinary applications use: http://any-site.example/ would receive it`,
        help: 'release it to the partners that need it',
      });
    }
    if (seen.has(key))
      complain(context, [...path, 'name'], {
        code: 'watch-twice',
        message: `\`${item.name}\` is watched twice: a name is listed once`,
      });
    seen.add(key);
    return {
      key,
      spelling: item.name,
      reason: item.reason,
      owner: item.owner,
      period: periodOf(context, path, { ...item, isBounded: true }),
    };
  });
}

export function compileNumbers(
  context: CompileContext,
  file: NonNullable<IdentityFile['numbers']>,
): readonly NumberPlan[] {
  return file.map((plan, index) => {
    plan.ranges.forEach((range, position) => {
      const path = ['identity', 'numbers', index, 'ranges', position];
      if (!range.prefix.startsWith(plan.countryCode)) {
        complain(context, [...path, 'prefix'], {
          code: 'range-country',
          message: `\`${range.prefix}\` does not begin with country code \`${plan.countryCode}\`: prefixes are international`,
        });
      }
      if (range.digits < range.prefix.length) {
        complain(context, [...path, 'digits'], {
          code: 'range-digits',
          message: `a number of ${range.digits} digits cannot begin with the ${range.prefix.length} digits of \`${range.prefix}\``,
        });
      }
    });
    return {
      countryCode: plan.countryCode,
      ranges: plan.ranges,
      plmns: plan.plmns ?? [],
      placeholders: plan.placeholders ?? [],
    };
  });
}
