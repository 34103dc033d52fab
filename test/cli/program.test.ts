// The command line: verbs, wrong usage, and the short ones.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSettingsJsonSchema } from '../../src/control/settings-json-schema.js';
import { renderCatalogue } from '../../src/policy/render-catalogue.js';
import { run } from './run.js';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

describe('wrong usage ends in 64, with one line and nothing on standard output', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown verb', ['serv'], "error: unknown command 'serv'\n(Did you mean serve?)\n"],
    ['an unknown option', ['version', '--loud'], "error: unknown option '--loud'\n"],
    ['a missing option', ['serve'], "error: required option '--config <file>' not specified\n"],
    ['an option without its value', ['serve', '--config'], "error: option '--config <file>' argument missing\n"],
    [
      'a value that is no choice',
      ['catalogue', '--format', 'xml'],
      "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, markdown.\n",
    ],
    [
      'too many words',
      ['version', 'now'],
      "error: too many arguments for 'version'. Expected 0 arguments but got 1.\n",
    ],
    ['a check of nothing', ['check'], 'error: `headgate check` takes a policy or `--config FILE`\n'],
    ['a check of both', ['check', 'a', '--config', 'b'], 'error: `headgate check` takes a policy or `--config FILE`\n'],
  ])('%s', async (_, words, err) => {
    expect(await run(...words)).toEqual({ code: 64, out: '', err });
  });

  test('no verb at all shows the help on standard error', async () => {
    const { code, out, err } = await run();
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain('Usage: headgate');
  });
});

describe('help and version', () => {
  test('help that was asked for ends in 0, on standard output', async () => {
    const { code, out, err } = await run('--help');
    expect([code, err]).toEqual([0, '']);
    for (const verb of ['serve', 'check', 'catalogue', 'schema', 'version'])
      expect(out).toMatch(new RegExp(`^  ${verb} `, 'm'));
  });

  test('each verb that the help names is loaded by that name', async () => {
    const { out } = await run('--help');
    const verbs = [...out.matchAll(/^ {2}([a-z]+) (?:\[|<| )/gm)].map(([, verb = '']) => verb);
    expect(verbs.length).toBeGreaterThan(25);
    for (const verb of verbs) {
      const help = await run(verb, '--help');
      expect([verb, help.code, help.out.split('\n')[0]]).toEqual([
        verb,
        0,
        expect.stringMatching(`^Usage: headgate ${verb} `),
      ]);
    }
  });

  test('`version` says what runs on what, `--version` the number alone', async () => {
    expect(await run('version')).toEqual({ code: 0, out: `headgate ${version} (node ${process.version})\n`, err: '' });
    expect(await run('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('catalogue and schema', () => {
  test.each(['text', 'json', 'markdown'] as const)('the catalogue as %s', async (format) => {
    expect(await run('catalogue', '--format', format)).toEqual({ code: 0, out: renderCatalogue(format), err: '' });
  });

  test('the catalogue is text unless asked otherwise', async () => {
    expect((await run('catalogue')).out).toBe(renderCatalogue('text'));
  });

  test('the schemas are those in config/', async () => {
    expect((await run('schema', 'headgate')).out).toBe(renderSettingsJsonSchema());
    const policy = readFileSync(join(import.meta.dirname, '../../config/policy.schema.json'), 'utf8');
    expect((await run('schema', 'policy')).out).toBe(policy);
  });
});
