// What a mirror's JSON says, read as something that anybody may have sent: the exact shape or nothing.
import { z } from 'zod';
import type { Field } from '../http/message.js';

const shape = z.object({
  host: z.string(),
  target: z.string(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  answered: z.array(z.string()),
});

export interface MirrorAnswer {
  readonly host: string;
  readonly target: string;
  readonly fields: readonly Field[];
  /** Names of the identity headers that the mirror put into this very answer. */
  readonly answered: readonly string[];
}

/** Undefined: no mirror wrote this. */
export function readMirrorAnswer(text: string): MirrorAnswer | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
