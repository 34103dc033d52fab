// docs/approvals.md and docs/problems.md name every code by which an approval or a signature does not count, and no other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderApproval } from '../../src/change/approval-text.js';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** The members of a union of texts in the source. */
const membersOf = (path: string, type: string): readonly string[] => {
  const body = new RegExp(`export type ${type} =([^;]*);`).exec(read(path))?.[1] ?? '';
  return [...body.matchAll(/'([a-z-]+)'/g)].map((match) => match[1] ?? '');
};
const CODES = [
  ...membersOf('src/change/approvals.ts', 'ApprovalFault'),
  ...membersOf('src/change/signatures.ts', 'SignatureFault'),
];
const REFUSALS = membersOf('src/change/admission.ts', 'AdmissionRefusal');
const rowsUnder = (heading: string): readonly string[] =>
  [...(read('docs/approvals.md').split(heading)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| (`.*?) \|/gm)].flatMap(
    (match) => [...(match[1] ?? '').matchAll(/`([\w-]+)`/g)].map((name) => name[1] ?? ''),
  );

test('the table of docs/approvals.md is whole', () => {
  expect(CODES.length).toBeGreaterThan(15);
  expect([...rowsUnder('## Why one does not count')].sort()).toEqual([...CODES].sort());
});

test('docs/problems.md says of each what to do, and of each refusal', () => {
  const documented = [...read('docs/problems.md').matchAll(/^### `([a-z-]+)`/gm)].map((match) => match[1]);
  expect(REFUSALS.length).toBeGreaterThan(4);
  expect([...CODES, ...REFUSALS].filter((code) => !documented.includes(code))).toEqual([]);
});

test('docs/approvals.md has every field of the file in its order', () => {
  const text = renderApproval({
    kind: 'break-glass',
    audience: 'a',
    generation: 1,
    proposer: 'a',
    reason: 'a',
    ticket: 'a',
    createdMs: 0,
    applyBeforeMs: 1,
    untilMs: 1,
    base: 'a',
    candidate: 'a',
    replay: ['a'],
    delta: {
      releases: [
        {
          member: 'name:ximsi',
          label: 'x-imsi',
          permitted: { form: 'unchanged', keys: [], route: { transport: 'http' }, partner: null },
          listeners: { kind: 'except', members: [] },
          ports: { kind: 'except', members: [] },
          from: null,
          until: null,
          where: [{ pattern: { kind: 'exact', host: 'a.example' }, except: [] }],
        },
      ],
      settings: [{ setting: 'skewMs', before: null, after: 1 }],
    },
  });
  expect(rowsUnder('## The file')).toEqual([...text.matchAll(/^([a-zA-Z]+):/gm)].map((match) => match[1]));
});
