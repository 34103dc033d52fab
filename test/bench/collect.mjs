// Imported before a Node program's own modules, by the benchmark alone, under `--expose-gc`: SIGUSR2 collects garbage, so that
// memory is compared without it.
process.on('SIGUSR2', () => {
  globalThis.gc();
  globalThis.gc();
});
