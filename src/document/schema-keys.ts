// Which keys a schema knows at a path: for "did you mean" only, nothing is decided by it.
import { z } from 'zod';
import type { Path } from './document.js';

/** The keys of the object schema at `path`, through lists, records, optional values and unions; none where there is no object. */
export function schemaKeysAt(schema: z.ZodType, path: Path): readonly string[] {
  const [step, ...rest] = path;
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodUnion) {
    return [...new Set(bare.options.flatMap((option) => schemaKeysAt(option as z.ZodType, path)))];
  }
  if (bare instanceof z.ZodObject) {
    const shape = bare.shape as Record<string, z.ZodType>;
    if (step === undefined) return Object.keys(shape);
    const next = shape[String(step)];
    return next === undefined ? [] : schemaKeysAt(next, rest);
  }
  if (step === undefined) return [];
  if (bare instanceof z.ZodArray) return schemaKeysAt(bare.element as z.ZodType, rest);
  if (bare instanceof z.ZodRecord) return schemaKeysAt(bare.valueType as z.ZodType, rest);
  return [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let inner = schema;
  for (;;) {
    if (
      inner instanceof z.ZodOptional ||
      inner instanceof z.ZodDefault ||
      inner instanceof z.ZodPrefault ||
      inner instanceof z.ZodReadonly
    ) {
      inner = inner.unwrap() as z.ZodType;
    } else if (inner instanceof z.ZodPipe) inner = inner.in as z.ZodType;
    else return inner;
  }
}
