// `headgate rollback` over a state folder as the gateway leaves it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryIn } from '../../src/control/gate-memory.js';
import { Gate } from '../../src/control/gate.js';
import { judge } from '../../src/control/judge.js';
import { openStateFolder } from '../../src/control/state-folder.js';
import { runProgram } from '../../src/cli/program.js';
import { writeBaseline } from '../control/baseline.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';

const WIDER = POLICY.replace('[pay.acme.example]', '[pay.acme.example, shop.acme.example]');
let space: Workspace;
beforeEach(
  () => (space = makeWorkspace({ 'headgate.yaml': `${SETTINGS}state: ./state\napproval: { required: 0 }\n` })),
);
afterEach(() => space.remove());

/** Admits these, one after the other. */
async function admit(...policies: readonly string[]): Promise<void> {
  const opened = await openStateFolder(join(space.folder, 'state'));
  if (!opened.ok) throw new Error('no folder');
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const gate = new Gate({
    judge: (order) => Promise.resolve(judge(order)),
    order: { file: space.config, machine: { processors: 1, descriptors: null }, folder: space.folder },
    memory: memoryIn(opened.value, { clock: () => Date.now(), onProblem: () => undefined }),
    now: () => Date.now(),
    isKeyOf: () => true,
    apply: () => Promise.resolve(null),
    log: silent,
    version: '0.1.0',
  });
  for (const [index, policy] of policies.entries()) {
    space.write('policy.yaml', policy);
    writeBaseline(space.config, { generation: index + 1 });
    if (index === 0) await gate.begin();
    else expect((await gate.reload('file')).kind).toBe('admitted');
  }
  gate.close();
  opened.value.close();
}

async function rollback(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err, code] = ['', '', -1];
  await runProgram(['rollback', '--config', space.config, ...words], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    end: (each) => (code = each),
  });
  return { code, out, err };
}

test('shows what going back would mean and changes nothing', async () => {
  await admit(WIDER, POLICY);
  const { code, out } = await rollback();
  expect([code, readFileSync(join(space.folder, 'policy.yaml'), 'utf8')]).toEqual([0, POLICY]);
  expect(out).toContain('widening: `pay` gains `x-msisdn` (unchanged)');
  expect(out).toContain('shop.acme.example');
  expect(out).toContain('what widens needs approval like any other change: headgate propose');
});

test('with --yes the earlier policy is the file again, word for word', async () => {
  await admit(POLICY, WIDER);
  const { code, out } = await rollback('--yes');
  expect([code, readFileSync(join(space.folder, 'policy.yaml'), 'utf8')]).toEqual([0, POLICY]);
  expect(out).toContain('narrowing: `pay` loses');
});

test('says which earlier policies there are, and where there is none', async () => {
  await admit(POLICY, WIDER);
  expect(await rollback('--to', 'ffffffff')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/known: `[0-9a-f]{12}`/) as unknown,
  });
  space.remove();
  space = makeWorkspace({ 'headgate.yaml': `${SETTINGS}state: ./state\napproval: { required: 0 }\n` });
  expect((await rollback()).err).toContain('holds no admitted policy');
});
