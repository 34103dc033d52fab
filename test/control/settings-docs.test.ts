// The schema, the table of settings, docs/settings.md and the JSON Schema say the same.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { renderSettingsJsonSchema } from '../../src/control/settings-json-schema.js';
import { settingsSchema } from '../../src/control/settings-schema.js';
import { SETTINGS, type SettingEntry } from '../../src/control/settings-table.js';

const root = join(import.meta.dirname, '../..');

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly description?: string;
}

/** Paths of everything in the schema that is described, which is what the table must hold. */
function describedPaths(schema: JsonSchema, path: string): string[] {
  const here = schema.description === undefined ? [] : [path];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    describedPaths(inner, path === '' ? name : `${path}.${name}`),
  );
  const items = schema.items === undefined ? [] : describedPaths(schema.items, `${path}[]`);
  return [...here, ...inside, ...items, ...(schema.anyOf ?? []).flatMap((branch) => describedPaths(branch, path))];
}

/** Paths of what a user can write and nobody described: such a setting would be classed in no table. A described map is one setting. */
function undescribedPaths(schema: JsonSchema, path: string, isSaid = schema.description !== undefined): string[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((branch) => undescribedPaths(branch, path, isSaid));
  if (isSaid && schema.description !== undefined) return [];
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    undescribedPaths(inner, `${path}.${name}`),
  );
  if (schema.properties !== undefined) return members;
  if (isSaid) return [];
  return schema.items === undefined ? [path] : undescribedPaths(schema.items, `${path}[]`);
}

const schema = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input', reused: 'inline' }) as JsonSchema;

test('every setting of the schema is in the table and the other way round', () => {
  expect(describedPaths(schema, '').sort()).toEqual(Object.keys(SETTINGS).sort());
});

test('no setting of the schema is without a meaning and a class', () => {
  expect(undescribedPaths(schema, '')).toEqual([]);
});

test('docs/settings.md has each setting once, with what the table says of it', () => {
  const rows = readFileSync(join(root, 'docs/settings.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '))
    .filter((cells) => cells.length === 7);
  const documented = Object.fromEntries(rows.map(([setting = '', ...rest]) => [setting.slice(1, -1), rest]));
  expect(rows).toHaveLength(Object.keys(SETTINGS).length);
  for (const [path, entry] of Object.entries<SettingEntry>(SETTINGS)) {
    const [meaning, fallback = '', unit, gate, wider, reload] = documented[path] ?? [];
    expect([path, meaning, fallback.replace(/^`(.*)`$/, '$1'), unit, gate, wider, reload]).toEqual([
      path,
      entry.meaning,
      entry.default,
      entry.unit,
      entry.gate,
      entry.wider,
      entry.reload,
    ]);
  }
});

test('docs/settings.md says what each word of the column `wider` means', () => {
  const text = readFileSync(join(root, 'docs/settings.md'), 'utf8');
  for (const { wider } of Object.values<SettingEntry>(SETTINGS)) {
    if (wider !== '-') expect(text).toContain(`- *${wider}*: `);
  }
});

test('config/headgate.schema.json is what the schema says: `make schemas` writes it anew', () => {
  expect(readFileSync(join(root, 'config/headgate.schema.json'), 'utf8')).toBe(renderSettingsJsonSchema());
});

test('every problem code of src/control is in docs/settings.md, and no other', () => {
  const folder = join(root, 'src/control');
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const used = [...source.matchAll(/(?:\bcode: |(?<![.\w])(?:error|unknown)\()'([a-z-]+)'/g)].map((match) => match[1]);
  const section = readFileSync(join(root, 'docs/settings.md'), 'utf8').split('## Problems')[1] ?? '';
  const documented = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect([...new Set(used)].filter((code) => code !== 'custom').sort()).toEqual(documented.sort());
});
