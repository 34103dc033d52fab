// The policy's JSON Schema for editors, from the same schema that validates. It helps while typing; the compiler decides.
import { z } from 'zod';
import { POLICY_SCHEMA } from './schema.js';

/** JSON Schema draft 7 as text, two spaces, with a line feed at the end: config/policy.schema.json. */
export function renderPolicyJsonSchema(): string {
  const schema = z.toJSONSchema(POLICY_SCHEMA, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'headgate policy' }, null, 2)}\n`;
}
