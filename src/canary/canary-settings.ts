// canary.yaml as text to settings: every problem with its place. INVARIANT: no number that somebody may have is planted unless the file
// says that it is a test SIM (test/canary/canary-settings.test.ts).
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { problemAt, type Document, type Path } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { validate } from '../document/validate.js';
import { canarySchema } from './canary-schema.js';

type Written = z.output<typeof canarySchema>;

/** Paths are absolute. */
export type CanarySettings = Omit<Written, 'metrics'> & {
  readonly metrics: { readonly host: string; readonly port: number } | null;
};

/** Ofcom's drama numbers, IMSIs of the test network, and tokens that say what they are. */
const NOBODYS = /^(?:(?:\+|00)?44|0)7700900[0-9]{3}$|^00101[0-9]{9,10}$|^canary-[A-Za-z0-9_-]{9,}$/;

/** Relative paths are taken from `folder`, by default that of `source.file`. */
export function readCanarySettings(source: Source, folder: string = dirname(source.file)): Outcome<CanarySettings> {
  const parsed = parseDocument(source);
  if (!parsed.ok) return parsed;
  const document = parsed.value;
  const valid = validate(document, canarySchema, { plainWords: ['metrics'] });
  if (!valid.ok) return valid;
  const written = valid.value;
  const problems = [...unruled(document, written), ...somebodys(document, written)];
  if (problems.length > 0) return { ok: false, problems };
  const { policy, live, metrics } = written;
  return {
    ok: true,
    value: {
      ...written,
      ...(policy === undefined ? {} : { policy: resolve(folder, policy) }),
      ...(live === undefined
        ? {}
        : {
            live: {
              admin: 'path' in live.admin ? { path: resolve(folder, live.admin.path) } : live.admin,
              ...(live.token === undefined ? {} : { token: resolve(folder, live.token) }),
            },
          }),
      metrics: metrics === 'off' ? null : metrics,
    },
    problems: [],
  };
}

/** The JSON Schema for editors; config/canary.schema.json is its text. */
export function renderCanaryJsonSchema(): string {
  const schema = z.toJSONSchema(canarySchema, { target: 'draft-7', io: 'input', reused: 'inline' });
  return `${JSON.stringify({ ...schema, title: 'canary.yaml: what the canary asks, and how' }, undefined, 2)}\n`;
}

function unruled(document: Document, { policy, live }: Written): readonly Problem[] {
  if (policy !== undefined || live !== undefined) return [];
  const message = 'neither `policy` nor `live` is there: the canary must know what is agreed';
  return [problemAt(document, [], { code: 'canary-rules', message })];
}

function somebodys(document: Document, { carries, spoof, ownTestSims }: Written): readonly Problem[] {
  const places: (readonly [Path, string])[] = carries.map(({ value }, index) => [['carries', index, 'value'], value]);
  if (spoof !== undefined) places.push([['spoof', 'value'], spoof.value]);
  const forged = carries.some(({ value }) => value === spoof?.value);
  return [
    ...places
      .filter(([, value]) => !ownTestSims && !NOBODYS.test(value))
      .map(([at]) =>
        problemAt(document, at, {
          code: 'canary-number',
          message:
            'somebody may have this: the canary takes 07700 900000 to 900999, IMSIs that begin with 00101, and tokens that begin with `canary-`',
          help: 'for a test SIM of yours write `ownTestSims: true`',
        }),
      ),
    ...(forged
      ? [
          problemAt(document, ['spoof', 'value'], {
            code: 'canary-number',
            message: 'the forged number is the canary’s own: nobody could tell which of them arrived',
          }),
        ]
      : []),
  ];
}
