// `headgate drill`: every bad change is refused, for the reason that it is bad; and a gate that lets one through is noticed.
import { drill } from '../../src/control/drill.js';
import { runProgram } from '../../src/cli/program.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from '../control/workspace.js';

let space: Workspace;
afterEach(() => space.remove());

async function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err, code] = ['', '', -1];
  await runProgram(['drill', '--config', space.config, ...words], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    end: (each) => (code = each),
  });
  return { code, out, err };
}

test('refuses each of the known bad changes, whatever the configuration asks for', async () => {
  for (const approval of ['', 'approval: { required: 0 }\n', 'approval: { required: 2, groups: { privacy: 1 } }\n']) {
    space = makeWorkspace({ 'headgate.yaml': `${SETTINGS}${approval}` });
    const { code, out } = await run('--format', 'json');
    const { results } = JSON.parse(out) as { results: readonly { name: string; outcome: string; code: string }[] };
    expect(results.filter(({ outcome }) => outcome !== 'refused')).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['o2', 'everyone', 'label', 'own-name', 'deny', 'older', 'forged', 'required', 'static']),
    );
    expect(code).toBe(0);
  }
});

test('the shipped configuration passes it', () => {
  space = makeWorkspace();
  const outcome = drill({
    file: 'config/headgate.yaml',
    machine: { processors: 1, descriptors: null },
    now: Date.now(),
  });
  expect(outcome.ok && outcome.results.filter((each) => each.outcome !== 'refused')).toEqual([]);
});

test('a refusal for another reason shows nothing, and fails the drill', async () => {
  // Tests that no policy passes refuse every candidate, bad or not.
  space = makeWorkspace({
    'headgate.yaml': `${SETTINGS}tests: tests.yaml\n`,
    'tests.yaml': 'version: 1\n',
  });
  const { code, out, err } = await run();
  expect([code, out.includes('UNTRIED')]).toEqual([1, true]);
  expect(err).toMatch(/^error: \d+ of \d+ bad changes were not refused as they must be \[drill\]\n$/);
});

test('a configuration that cannot be read is said to be so', async () => {
  space = makeWorkspace({ 'policy.yaml': `${POLICY}extra: 1\n` });
  const { code, err } = await run();
  expect([code, err.includes('unknown key `extra`')]).toEqual([1, true]);
});
