// Suppressions: one field to one exact host that detectors leave alone. What is stripped by name cannot be suppressed.
import { keyOf } from '../names/key.js';
import { complain, periodOf, type CompileContext } from './compile-context.js';
import { readHostPattern } from './host-pattern.js';
import { identifierOf } from './identify.js';
import type { OwnHeader, Suppression, Watch } from './policy.js';
import type { PolicyFile } from './schema.js';

export function compileSuppressions(
  context: CompileContext,
  file: NonNullable<PolicyFile['suppressions']>,
  known: { readonly headers: readonly OwnHeader[]; readonly watch: readonly Watch[] },
): readonly Suppression[] {
  const identify = identifierOf(known.headers);
  const watched = new Set(known.watch.map((watch) => watch.key));
  const seen = new Set<string>();
  return file.map((item, index) => {
    const path = ['suppressions', index];
    const identity = identify(item.field);
    const key = identity?.key ?? keyOf(item.field);
    if (identity?.action === 'strip' && !watched.has(key)) {
      complain(context, [...path, 'field'], {
        code: 'suppression-of-identity',
        message: `\`${item.field}\` is an identity header: it is withheld by its name, and no detector is asked`,
        help: 'release it to a partner, or take the suppression out',
      });
    }
    const reading = readHostPattern(item.host);
    if (!reading.ok)
      complain(context, [...path, 'host'], { code: reading.code, message: reading.message, help: reading.help });
    else if (reading.pattern.kind !== 'exact') {
      complain(context, [...path, 'host'], {
        code: 'suppression-wildcard',
        message: `\`${item.host}\` is a wildcard: a suppression holds for one exact host`,
        help: 'name the host',
      });
    }
    const host = reading.ok ? reading.pattern.host : item.host;
    if (seen.has(`${key} ${host}`))
      complain(context, path, {
        code: 'suppression-twice',
        message: `\`${item.field}\` at \`${host}\` is suppressed twice: it stands once`,
      });
    seen.add(`${key} ${host}`);
    return {
      key,
      spelling: item.field,
      host,
      reason: item.reason,
      owner: item.owner,
      period: periodOf(context, path, { ...item, isBounded: true }),
    };
  });
}
