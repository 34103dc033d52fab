// The chain finds whatever was changed, removed, inserted, moved or cut inside; its end is guarded by checkpoint and state.
import type { HistoryEvent, Recovery } from '../../src/change/history-record.js';
import {
  NO_RECORD,
  continuationOf,
  headOf,
  historyLineOf,
  verifyHistory,
  type ChainEnd,
} from '../../src/change/history.js';
import { gapOf, parseCheckpoint, renderCheckpoint } from '../../src/change/checkpoint.js';
import { digestOfNumber } from './admitted-fixture.js';

const T = Date.UTC(2026, 6, 1);
const EVENTS: readonly HistoryEvent[] = [
  { kind: 'started', version: '1.0.0', digest: null, generation: 0 },
  { kind: 'candidate', digest: digestOfNumber(1), from: null, direction: 'widening', way: 'start' },
  {
    kind: 'refused',
    digest: digestOfNumber(1),
    from: null,
    code: 'no-baseline',
    way: 'start',
    uncovered: ['`pay` gains'],
  },
  { kind: 'lockdown-on', partner: 'pay', reason: 'INC-1 “é”', by: 'alice@operator.example', way: 'api' },
  { kind: 'lockdown-off', partner: 'pay', reason: 'mended', by: 'alice@operator.example', way: 'api' },
  { kind: 'rollback', digest: digestOfNumber(2), from: digestOfNumber(1), by: 'bob@operator.example' },
];

const chainOf = (events: readonly HistoryEvent[], start: ChainEnd = NO_RECORD): string[] => {
  let end = start;
  return events.map((event, index) => {
    const line = historyLineOf(event, T + index, end);
    end = line;
    return line.text;
  });
};
const LINES = chainOf(EVENTS);
const verdictOf = (lines: readonly string[]): number | 'ok' => {
  const verdict = verifyHistory(lines);
  return verdict.ok ? 'ok' : verdict.record;
};

test('a history that was only added to verifies, at every length', () => {
  for (let length = 0; length <= LINES.length; length += 1) {
    expect(verifyHistory(LINES.slice(0, length))).toEqual({ ok: true, head: headOf(LINES, length), recoveries: [] });
  }
  expect(headOf(LINES, 6)).toMatchObject({ seq: 6 });
});

test('a record has number, time, the sum of the line before and a hash of itself', () => {
  const record = JSON.parse(LINES[1] ?? '') as Record<string, unknown>;
  expect(record).toMatchObject({ seq: 2, at: '2026-07-01T00:00:00.001Z', kind: 'candidate', way: 'start' });
  expect(record['previous']).toBe(historyLineOf(EVENTS[0] as HistoryEvent, T, NO_RECORD).sum);
});

test('with any one byte of any line changed, left out or doubled, that record is the first bad one', () => {
  for (const [index, line] of LINES.entries()) {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
      const doubled = Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)]);
      const cut = bytes.subarray(0, at);
      const found = [changed, without, doubled, cut].map((each) => verdictOf(LINES.with(index, each.toString('utf8'))));
      expect([at, ...found]).toEqual([at, index + 1, index + 1, index + 1, index + 1]);
    }
  }
});

test('a record that was removed is missed where it stood', () => {
  for (let index = 0; index < LINES.length - 1; index += 1)
    expect(verdictOf(LINES.toSpliced(index, 1))).toBe(index + 1);
});

test('two records that changed places are found at the first of them', () => {
  for (let a = 0; a < LINES.length; a += 1) {
    for (let b = a + 1; b < LINES.length; b += 1) {
      const swapped = LINES.with(a, LINES[b] ?? '').with(b, LINES[a] ?? '');
      expect([a, b, verdictOf(swapped)]).toEqual([a, b, a + 1]);
    }
  }
});

test('a record that stands there twice, or an empty line, is found', () => {
  for (let index = 0; index < LINES.length; index += 1) {
    expect(verdictOf(LINES.toSpliced(index, 0, LINES[index] ?? ''))).toBe(index + 2);
    expect(verdictOf(LINES.toSpliced(index, 0, ''))).toBe(index + 1);
  }
});

test('a record that was written anew, hash and all, is found by the one after it', () => {
  for (let index = 0; index < LINES.length - 1; index += 1) {
    const before = continuationOf(LINES.slice(0, index), null).end;
    const { text } = historyLineOf({ kind: 'started', version: 'x', digest: null, generation: 9 }, T, before);
    expect(verdictOf(LINES.with(index, text))).toBe(index + 1);
    const why = `was changed: record ${index + 2} was written after another one`;
    expect(verifyHistory(LINES.with(index, text))).toMatchObject({ why });
  }
});

test('records that were put in between are found, well made or not', () => {
  const { end } = continuationOf(LINES.slice(0, 2), null);
  const { text } = historyLineOf({ kind: 'started', version: 'x', digest: null, generation: 9 }, T, end);
  expect(verifyHistory(LINES.toSpliced(2, 0, text))).toEqual({
    ok: false,
    record: 4,
    why: 'calls itself record 3: records were removed, inserted or moved',
  });
});

describe('the end', () => {
  const shorter = LINES.slice(0, 3);
  const known = headOf(LINES, 5);
  const expected = known ?? { seq: 0, hash: '' };

  test('that the state knows and the history does not have is marked, once', () => {
    const { end, marks } = continuationOf(shorter, known);
    expect(marks).toEqual([{ why: 'shorter', expected }]);
    const marked = [...shorter, ...chainOf([{ kind: 'recovered', why: 'shorter', expected }], end)];
    expect(verifyHistory(marked)).toMatchObject({ ok: true, recoveries: [{ why: 'shorter', expected, seq: 4 }] });
    expect(continuationOf(marked, known).marks).toEqual([]);
  });

  test('that was lost whole is marked', () => {
    expect(continuationOf([], known)).toEqual({ end: NO_RECORD, marks: [{ why: 'shorter', expected }] });
  });

  test('that was written anew is marked', () => {
    const other = chainOf([...EVENTS.slice(1), ...EVENTS]);
    expect(verdictOf(other)).toBe('ok');
    expect(continuationOf(other, known).marks).toEqual([{ why: 'replaced', expected }]);
  });

  test('with more than the state knows is well', () => {
    expect(continuationOf(LINES, known).marks).toEqual([]);
    expect(continuationOf(LINES, null).marks).toEqual([]);
  });
});

test('a broken chain goes on after a mark, which is made once and hides nothing', () => {
  const broken = LINES.with(2, (LINES[2] ?? '').replace('gains', 'loses'));
  const { end, marks } = continuationOf(broken, headOf(LINES, 6));
  expect(marks).toEqual([{ why: 'broken', record: 3 }]);
  const mark = marks[0] as Recovery;
  const after = [...broken, ...chainOf([{ kind: 'recovered', ...mark }, ...EVENTS], end)];
  expect(continuationOf(after, headOf(LINES, 6)).marks).toEqual([]);
  expect(verdictOf(after)).toBe(3);
  const twice = after.with(9, (after[9] ?? '').replace('1.0', '1.1').replace('start', 'starT'));
  expect(continuationOf(twice, null).marks).toEqual([{ why: 'broken', record: 3 }]);
});

describe('a checkpoint', () => {
  const checkpoint = { ...(headOf(LINES, 5) ?? { seq: 0, hash: '' }), audience: 'edge-prod-lon', at: T };
  const text = renderCheckpoint(checkpoint);

  test('is a text that is read back, with an audience and without', () => {
    expect(text).toBe(
      `headgate history checkpoint\naudience: edge-prod-lon\nrecord: 5\nhash: ${checkpoint.hash}\ntime: 2026-07-01T00:00:00.000Z\n`,
    );
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    expect(parseCheckpoint(renderCheckpoint({ ...checkpoint, audience: null }))).toEqual({
      ...checkpoint,
      audience: null,
    });
  });

  test.each([
    ['a line more', `${text}more\n`],
    ['a line end less', text.slice(0, -1)],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['a record with a zero before', text.replace('record: 5', 'record: 05')],
    ['a time that no calendar has', text.replace('07-01', '02-30')],
    ['no record', text.replace(/record.*\n/, '')],
  ])('with %s is none', (_, other) => {
    expect(parseCheckpoint(other)).toBeUndefined();
  });

  test('is contained by its history and by all that it grows to', () => {
    expect([gapOf(LINES.slice(0, 5), checkpoint), gapOf(LINES, checkpoint)]).toEqual([undefined, undefined]);
  });

  test('is not contained by one whose end was cut off, or written anew', () => {
    expect(gapOf(LINES.slice(0, 4), checkpoint)).toBe('it has 4 records, the checkpoint is of record 5');
    const other = chainOf([...EVENTS.slice(1), ...EVENTS]);
    expect([verdictOf(other), gapOf(other, checkpoint)]).toEqual(['ok', 'its record 5 is another one']);
  });
});
