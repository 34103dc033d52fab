// The last resort of a process: one redacted line, flushed, and exit code 1.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { buildProduct, removeProduct } from '../cli/product.js';

afterAll(removeProduct);

test.each([
  ['an exception', "throw new RangeError('no room for 447700900123')"],
  ['a rejection', "Promise.reject(new RangeError('no room for 447700900123'))"],
])('%s that nobody caught is said with its place and without values', (_, failure) => {
  const control = join(dirname(buildProduct()), '../control');
  const program = `
    import { guardProcess } from '${control}/crash.js';
    import { openLog } from '${control}/log-sink.js';
    const log = openLog({ level: 'info' });
    guardProcess(log);
    log.info('before', 'still buffered');
    setImmediate(() => { ${failure}; });
    setInterval(() => undefined, 1000);
  `;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, '']);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.find((line) => line['event'] === 'before')).toBeDefined();
  const crash = lines.find((line) => line['event'] === 'crash');
  expect(crash).toMatchObject({ level: 'error', message: 'RangeError: no room for [digits]' });
  expect(String((crash?.['at'] as string[])[0])).toMatch(/^at /);
});
