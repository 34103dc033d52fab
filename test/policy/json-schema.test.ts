// The schema for editors is what the compiler's schema says, and the docs name every key of it.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderPolicyJsonSchema } from '../../src/policy/json-schema.js';

const ROOT = resolve(__dirname, '../..');

interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
}
const SCHEMA = JSON.parse(renderPolicyJsonSchema()) as Node;

interface Found {
  readonly path: string;
  readonly node: Node;
  readonly isRequired: boolean;
}
const nodesUnder = (node: Node, path: string, isRequired = false): readonly Found[] => [
  { path, node, isRequired },
  ...(node.items === undefined ? [] : nodesUnder(node.items, `${path}[]`)),
  ...Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    nodesUnder(child, path === '' ? key : `${path}.${key}`, node.required?.includes(key)),
  ),
];
const NODES = nodesUnder(SCHEMA, '');

test('config/policy.schema.json is what the schema says: `make schemas` writes it anew', () => {
  expect(readFileSync(join(ROOT, 'config/policy.schema.json'), 'utf8')).toBe(renderPolicyJsonSchema());
});

test('every key has a description, and no map takes unknown keys', () => {
  expect(NODES.length).toBeGreaterThan(50);
  for (const { path, node } of NODES) {
    if (!path.endsWith('[]')) expect([path, node.description ?? '']).toEqual([path, expect.stringMatching(/\S/)]);
    if (node.type === 'object') expect([path, node.additionalProperties]).toEqual([path, false]);
  }
});

test('docs/policy.md has the row of every key, and no other', () => {
  const docs = readFileSync(join(ROOT, 'docs/policy.md'), 'utf8').split('## Every key\n')[1] ?? '';
  const rows = NODES.filter(({ path }) => path !== '' && !path.endsWith('[]')).map(
    ({ path, node, isRequired }) => `| \`${path}\` | ${isRequired ? 'yes' : ''} | ${node.description ?? ''} |`,
  );
  expect(docs.trim().split('\n').slice(2)).toEqual(rows);
});
