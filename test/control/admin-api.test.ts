// docs/admin-api.yaml and the server say the same: each route, role, status and body of the file happens, and nothing else does.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROLES } from '../../src/control/admin-access.js';
import { BODY_BYTES_MOST } from '../../src/control/admin-body.js';
import { ADMIN_REFUSALS, AdminRefusal } from '../../src/control/admin-refusal.js';
import { ADMIN_ROUTES } from '../../src/control/admin-routes.js';
import { startAdminServer, type AdminServer } from '../../src/control/admin-server.js';
import { LABEL_VALUES } from '../../src/telemetry/label-values.js';
import {
  ask,
  CANDIDATE,
  codeOf,
  memoryLog,
  MemoryGateway,
  OTHER_DIGEST,
  type Answered,
  type Asked,
} from './admin-memory.js';

interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
  readonly responses?: Readonly<Record<string, Response>>;
}
interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

const text = readFileSync(join(import.meta.dirname, '../../docs/admin-api.yaml'), 'utf8');
const api = parse(text) as Description;
const { schemas } = api.components;
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** The schema of a component: zod reads JSON Schema with `$defs`, and refuses a keyword that it would not judge. */
const schemaOf = (name: string): z.ZodType => {
  const $defs = JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/')) as object;
  return z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs } as Parameters<typeof z.fromJSONSchema>[0]);
};
const nameOf = (ref: string): string => ref.split('/').at(-1) ?? '';
const responseOf = (operation: Operation, status: string): Response => {
  const response = operation.responses?.[status] ?? {};
  return response.$ref === undefined ? response : (api.components.responses[nameOf(response.$ref)] ?? {});
};
const bodyNameOf = ({ content }: Response): string => nameOf(content?.['application/json']?.schema.$ref ?? '');

const TOKENS = { read: 'read-read-read-read', lockdown: 'lock-lock-lock-lock', operate: 'oper-oper-oper-oper' };
const ORDER = { state: 'on', partner: 'pay', reason: 'numbers at a stranger', by: 'dana' };
const token = TOKENS.operate;
const jsonType = { 'content-type': 'application/json' };

let folder: string;
let server: AdminServer;
let gateway: MemoryGateway;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-api-'));
  gateway = new MemoryGateway();
  const tokens = Object.fromEntries(
    ROLES.map((role) => {
      writeFileSync(join(folder, role), TOKENS[role]);
      return [role, join(folder, role)];
    }),
  );
  server = await startAdminServer({
    admin: { address: { host: '127.0.0.1', port: 0 }, tokens },
    actions: gateway,
    log: memoryLog(),
  });
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** A request that ends in each status; what an operation has a status for that is not here fails. */
const exercise = (method: string, path: string, status: string): Promise<Answered> => {
  const good: Asked = { method, path, token, ...(path === '/v1/lockdown' && method === 'POST' ? { body: ORDER } : {}) };
  const asked: Readonly<Record<string, Asked>> = {
    200: good,
    400: method === 'GET' ? { ...good, path: `${path}?strange=1` } : { ...good, body: { strange: 1 } },
    401: { ...good, token: 'nobody-has-this-token' },
    403: { ...good, headers: { origin: 'http://evil.example' } },
    409: { ...good, body: { ...ORDER, state: 'off' } },
    413: { ...good, headers: jsonType, body: ' '.repeat(BODY_BYTES_MOST + 1) },
    415: { ...good, headers: { 'content-type': 'text/plain' }, body: '{}' },
    421: { ...good, headers: { host: 'evil.example' } },
    422: { ...good, body: { ...ORDER, partner: 'nobody' } },
    500: good,
    503: good,
  };
  if (status === '500') gateway.broken = new Error('broken');
  if (status === '503') gateway.broken = new AdminRefusal('unavailable', 'the gateway drains');
  const request = asked[status];
  if (request === undefined) throw new Error(`no request ends in ${status}`);
  return ask(server, request);
};

const matches = (name: string, value: unknown): void => {
  expect(schemaOf(name).safeParse(value).error?.issues).toBeUndefined();
};

describe('the file', () => {
  test('is OpenAPI 3.1, and each reference in it leads somewhere', () => {
    expect(api.openapi).toBe('3.1.0');
    const refs = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/([^"]+)"/g)].map((match) => match[1] ?? '');
    const known = Object.entries(api.components).flatMap(([kind, members]) =>
      Object.keys(members).map((name) => `${kind}/${name}`),
    );
    expect(refs.length).toBeGreaterThan(80);
    expect(refs.filter((ref) => !known.includes(ref))).toEqual([]);
    const used = [...refs, 'securitySchemes/token'];
    expect(known.filter((name) => !used.includes(name))).toEqual([]);
  });

  test('has each route of the server with its role and its parameters, and no other', () => {
    const described = operations.map(({ path, method, operation }) => [
      method,
      path,
      operation.security,
      (operation.parameters ?? []).map(({ name }) => name),
    ]);
    const served = ADMIN_ROUTES.map(({ method, path, role, query }) => [method, path, [{ token: [role] }, {}], query]);
    expect(described).toEqual(served);
  });

  test.each(operations)('$method $path says who may, what for, and what comes of it', ({ operation, method }) => {
    const { operationId, summary, tags, responses = {} } = operation;
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
    expect(summary).toMatch(/^[A-Z].{10,}[^.]$/);
    expect(tags).toEqual([method === 'GET' ? 'look' : 'act']);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '421', '500', '503']));
    for (const status of Object.keys(responses)) {
      const response = responseOf(operation, status);
      expect(response.description).toMatch(/\S/);
      expect(schemas).toHaveProperty(bodyNameOf(response));
      expect(bodyNameOf(response) === 'Refusal').toBe(status !== '200');
    }
  });

  test('gives no two operations one id', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has each code of a refusal, and names it where its status is described', () => {
    const { error } = (schemas['Refusal'] as { properties: { error: { properties: { code: { enum: string[] } } } } })
      .properties;
    expect(error.properties.code.enum).toEqual(Object.keys(ADMIN_REFUSALS));
    const described = JSON.stringify(api.components.responses) + text.slice(0, text.indexOf('servers:'));
    for (const code of Object.keys(ADMIN_REFUSALS)) expect(described).toContain(`\`${code}\``);
  });

  test('has the codes of a refused candidate as the metric has them', () => {
    expect(schemas['RefusalCode']?.['enum']).toEqual(LABEL_VALUES['headgate_policy_refusals_total code']);
  });
});

const cases = operations.flatMap(({ path, method, operation }) =>
  Object.keys(operation.responses ?? {}).map((status) => ({ path, method, operation, status })),
);

describe('the server', () => {
  test.each(cases)(
    '$method $path ends in $status with the body of the file',
    async ({ path, method, operation, status }) => {
      const answer = await exercise(method, path, status);
      expect(answer.status).toBe(Number(status));
      expect(answer.headers['content-type']).toBe('application/json');
      matches(bodyNameOf(responseOf(operation, status)), JSON.parse(answer.text));
      const code = codeOf(answer);
      if (status === '200') expect(code).toBeUndefined();
      else expect(`${ADMIN_REFUSALS[code as keyof typeof ADMIN_REFUSALS]}`).toBe(status);
    },
  );

  test.each(ADMIN_ROUTES)('$method $path refuses the role below `$role`', async ({ method, path, role }) => {
    const below = ROLES[ROLES.indexOf(role) - 1];
    if (below === undefined) return;
    const answer = await ask(server, { method, path, token: TOKENS[below], body: ORDER });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'role-lacking']);
  });

  test('a status with everything that can be in it has the form of the file', async () => {
    const lockdown = { since: '2026-03-01T03:00:00.000Z', by: 'file', reason: '', via: 'file' } as const;
    gateway.current = {
      ...gateway.current,
      candidate: { ...CANDIDATE, digest: null, direction: null },
      lockdown: { all: lockdown, partners: [{ id: 'pay', ...lockdown, by: 'dana', reason: 'x', via: 'redis' }] },
      breakGlass: { until: '2026-03-01T13:00:00.000Z', by: 'alice@operator.example' },
      partnersEndingSoon: [{ id: 'pay', until: '2026-03-31T23:00:00.000Z' }],
      approvalsEndingSoon: [{ file: 'a.approval.yaml', applyBefore: '2026-03-02T00:00:00.000Z' }],
      restartNeeded: ['listeners[].address'],
      workers: [{ id: 1, digest: null, serving: false }],
      stateFolder: { writable: false, problem: 'no space left on the disk' },
      reload: { at: '2026-03-01T09:14:00.000Z', successful: false },
    };
    const { text: body } = await ask(server, { path: '/v1/status', token });
    expect(JSON.parse(body)).toEqual(gateway.current);
    matches('GatewayStatus', JSON.parse(body));
    const { text: candidate } = await ask(server, { path: '/v1/candidate', token });
    expect(JSON.parse(candidate)).toMatchObject({ candidate: { code: 'not-approved', diff: {} } });
    matches('CandidateAnswer', JSON.parse(candidate));
  });

  test('a starting gateway has no policy to tell, and its status still has the form of the file', async () => {
    const nothing = {
      digest: null,
      since: null,
      highestTime: null,
      generation: 0,
      workers: [],
      state: 'starting',
    } as const;
    gateway.current = { ...gateway.current, ...nothing };
    matches('GatewayStatus', JSON.parse((await ask(server, { path: '/v1/status', token })).text));
  });

  test('a refused reload is a verdict: 200, with the candidate', async () => {
    gateway.onDisk = CANDIDATE;
    const answer = await ask(server, { method: 'POST', path: '/v1/reload', token });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'refused', candidate: { digest: OTHER_DIGEST } });
    matches('ReloadAnswer', JSON.parse(answer.text));
  });

  test('an order as the file describes it is taken, and one that it does not describe is refused', async () => {
    const orders: [object, boolean][] = [
      [ORDER, true],
      [{ ...ORDER, partner: null }, true],
      [{ state: 'on', reason: 'x', by: 'y' }, true],
      [{ ...ORDER, more: 1 }, false],
      [{ ...ORDER, state: 'maybe' }, false],
      [{ ...ORDER, reason: '' }, false],
      [{ ...ORDER, by: 'x'.repeat(101) }, false],
      [{ state: 'on', reason: 'x' }, false],
    ];
    for (const [body, isGood] of orders) {
      const { status } = await ask(server, { method: 'POST', path: '/v1/lockdown', token, body });
      expect([body, schemaOf('LockdownOrder').safeParse(body).success, status === 200]).toEqual([body, isGood, isGood]);
    }
  });
});

describe('the judge of bodies', () => {
  test.each(['GatewayStatus', 'RefusedCandidate', 'Lockdowns', 'Refusal', 'ReloadAnswer'])(
    'finds each member of %s that is missing and one that is too much',
    (name) => {
      const examples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
        GatewayStatus: { ...gateway.current },
        RefusedCandidate: { ...CANDIDATE },
        Lockdowns: { all: null, partners: [] },
        Refusal: { error: { code: 'defect', message: 'x' } },
        ReloadAnswer: { outcome: 'refused', timezone: 'UTC', digest: null, candidate: CANDIDATE },
      };
      const example = examples[name] ?? {};
      const isGood = (value: unknown): boolean => schemaOf(name).safeParse(value).success;
      expect(isGood(example)).toBe(true);
      expect(isGood({ ...example, strange: 1 })).toBe(false);
      for (const member of Object.keys(example)) {
        const rest = Object.fromEntries(Object.entries(example).filter(([key]) => key !== member));
        expect([member, isGood(rest)]).toEqual([member, false]);
      }
    },
  );
});
