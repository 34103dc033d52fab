// Whatever a judgement reads is watched: before the first judgement, and after one, whose settings hold texts in place of paths.
import { rootCertificates } from 'node:tls';
import { readCandidate } from '../../src/control/candidate.js';
import { judgedFiles } from '../../src/control/judged-files.js';
import { readSettings } from '../../src/control/settings-file.js';
import { readSource } from '../../src/control/text-file.js';
import { makeWorkspace, POLICY, SETTINGS } from './workspace.js';

test('each file that the settings name, and the folder of approvals', () => {
  const files = ['ca.pem', 'ceiling.yaml', 'key', 'people', 'revoked', 'tests.yaml'];
  const space = makeWorkspace({
    'headgate.yaml': `${SETTINGS}keys: { k: key }
approval: { signers: people, revoked: revoked }
ceiling: ceiling.yaml
tests: tests.yaml
destinations: { tls: { ca: [ca.pem] } }
`,
    key: 'k'.repeat(32),
    people: 'alice@operator.example ssh-ed25519 AAAA\n',
    revoked: '# nobody\n',
    'ceiling.yaml': POLICY,
    'tests.yaml': 'tests: []\n',
    'ca.pem': rootCertificates[0] ?? '',
  });
  const machine = { processors: 1, descriptors: null };
  const source = readSource(space.config);
  const settings = source.ok ? readSettings(source.value, machine) : source;
  const { outcome } = readCandidate(space.config, { now: Date.now(), machine, folder: space.folder });
  space.remove();
  if (!settings.ok || !outcome.ok) throw new Error(JSON.stringify([settings.problems, outcome.problems]));
  const expected = [...files, 'approvals', 'headgate.yaml', 'policy.yaml']
    .map((name) => `${space.folder}/${name}`)
    .sort();
  for (const each of [settings.value, outcome.value.settings]) {
    expect([...judgedFiles(space.config, each)].sort()).toEqual(expected);
  }
});
