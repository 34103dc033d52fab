// Preloaded into a program under test: its clock is the machine's plus the milliseconds in the file that HEADGATE_TEST_CLOCK names,
// looked at again every 20 ms. For every process and thread of it; timers run on.
import { readFileSync } from 'node:fs';

const machine = Date.now;
const file = process.env.HEADGATE_TEST_CLOCK ?? '';
let shiftMs = 0;
let lookedMs = -Infinity;

Date.now = () => {
  const nowMs = performance.now();
  if (nowMs - lookedMs > 20) {
    lookedMs = nowMs;
    try {
      shiftMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      // As it was.
    }
  }
  return machine() + shiftMs;
};
