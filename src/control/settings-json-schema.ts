// The JSON Schema of headgate.yaml for editors, from the one schema that there is. config/headgate.schema.json is its text.
import { z } from 'zod';
import { settingsSchema } from './settings-schema.js';

/** The whole file's text, ended by a line feed; a test compares it with config/headgate.schema.json. */
export function renderSettingsJsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input', reused: 'inline' });
  return `${JSON.stringify({ ...schema, title: 'headgate.yaml: how this gateway runs' }, undefined, 2)}\n`;
}
