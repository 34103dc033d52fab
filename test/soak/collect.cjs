// Loaded before the product, by NODE_OPTIONS: at SIGUSR2 the process collects its garbage and writes what its heap then holds, in
// bytes, to the folder HEADGATE_SOAK_HEAP, a file a process. The product knows nothing of it.
const { writeFileSync, renameSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const folder = process.env.HEADGATE_SOAK_HEAP;
let turn = 0;

process.on('SIGUSR2', () => {
  collect();
  collect();
  const file = join(folder, String(process.pid));
  const { heapUsed, external } = process.memoryUsage();
  turn += 1;
  writeFileSync(`${file}.new`, `${turn} ${heapUsed + external}`);
  renameSync(`${file}.new`, file);
});
