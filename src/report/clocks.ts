// The clocks that run from awareness. The rules are docs/runbooks/regulator.md's: this is no legal advice, and it says when, not whether.
import { instantOf, lastingOf } from './moment.js';
import type { Awareness, Clock } from './report.js';

interface Rule {
  readonly rule: string;
  readonly whom: string;
  readonly hours: number;
}

/** Since then a provider in the United Kingdom has 72 hours (Data (Use and Access) Act 2025); it had 24 before. */
const UK_LONGER_SINCE = Date.UTC(2025, 7, 20);
const SOURCE = 'the rule';

/** In the order in which they end. `awareAt` in milliseconds since the epoch; null: not known. */
export function clocksOf(
  { jurisdiction, awareAt, how }: { jurisdiction: 'uk' | 'eu'; awareAt: number | null; how: Awareness['how'] },
  now: number,
): readonly Clock[] {
  return rulesOf(jurisdiction, awareAt ?? now).map(({ rule, whom, hours }): Clock => {
    if (awareAt === null) {
      const text = `${hours} hours from awareness, and when that was nobody said`;
      return { rule, whom, hours, due: null, state: 'unknown', text, source: SOURCE };
    }
    const due = awareAt + hours * 3_600_000;
    const isOver = now >= due;
    const end = `${how === 'no-later-than' ? 'no later than ' : ''}${instantOf(due)}`;
    const text = `${end}, ${isOver ? `over since ${lastingOf(now - due)}` : `${lastingOf(due - now)} left`}`;
    return { rule, whom, hours, due: instantOf(due), state: isOver ? 'over' : 'running', text, source: SOURCE };
  });
}

function rulesOf(jurisdiction: 'uk' | 'eu', awareAt: number): readonly Rule[] {
  const gdpr = 'whoever is no provider of public electronic communications';
  if (jurisdiction === 'uk') {
    const hours = awareAt < UK_LONGER_SINCE ? 24 : 72;
    return [
      { rule: 'PECR, regulation 5A: the notice', whom: 'the ICO', hours },
      { rule: `UK GDPR, Article 33, for ${gdpr}`, whom: 'the ICO', hours: 72 },
    ];
  }
  const authority = 'the competent national authority';
  return [
    { rule: 'Regulation (EU) 611/2013, Article 2(2): the first notice', whom: authority, hours: 24 },
    { rule: `GDPR, Article 33, for ${gdpr}`, whom: 'the supervisory authority', hours: 72 },
    {
      rule: 'Regulation (EU) 611/2013, Article 2(3): what the first notice lacked, where it is made at its last hour',
      whom: authority,
      hours: 96,
    },
  ];
}
