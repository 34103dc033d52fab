// What the product carries of WebAssembly is what its source says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TARGETS = ['src/http/field-lines-wasm.ts', 'src/egress/leaving-lines-wasm.ts'];

test('both programs are those that their sources make', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-wasm-'));
  try {
    execFileSync(process.execPath, ['test/wasm/main.mjs', folder]);
    for (const target of TARGETS) {
      expect(readFileSync(join(folder, target.replaceAll('/', '-')), 'utf8')).toBe(readFileSync(target, 'utf8'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
