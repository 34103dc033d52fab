// What the law's notices ask for, each filled from the report or marked for the officer. It fills no blank with a guess.
import { lastingOf } from './moment.js';
import type { Field, Notice, Report, Said } from './report.js';
import { leftWords } from './summary.js';

type Told = Omit<Report, 'notices' | 'headgateReport'>;

/** Of the jurisdiction first what a provider of communications sends, then what everyone else does. */
export function noticesOf(told: Told): readonly Notice[] {
  return told.jurisdiction === 'uk' ? [pecr(told), gdpr(told, 'UK GDPR')] : [annex(told), gdpr(told, 'GDPR')];
}

function pecr(told: Told): Notice {
  return {
    title: 'PECR, regulation 5A: the notice to the ICO',
    fields: [
      officer('name and contact details of the provider'),
      filled('date and time of the breach, or an estimate', periodSaid(told)),
      filled('date and time of its detection', detectedSaid(told), judged(told)),
      filled('type of the breach', typeSaid(told), 'confirm that it is a breach: what was intended and lawful is none'),
      filled('personal data concerned', dataSaid(told)),
      filled('for the log of breaches: the facts', told.summary[0]),
      officer('for the log of breaches: the effects'),
      filled('for the log of breaches: what was done', measuresSaid(told), 'add what was done outside headgate'),
    ],
  };
}

function gdpr(told: Told, law: string): Notice {
  return {
    title: `${law}, Article 33(3)`,
    fields: [
      filled('(a) nature of the breach', typeSaid(told), 'confirm that it is a breach'),
      filled(
        '(a) categories of data subjects',
        said('subscribers of the operator whose requests went through these gateways', 'none'),
      ),
      filled('(a) approximate number of data subjects', peopleSaid(told)),
      filled('(a) categories of records', dataSaid(told)),
      filled('(a) approximate number of records', recordsSaid(told)),
      officer('(b) name and contact details of the data protection officer or another contact'),
      officer('(c) likely consequences'),
      filled(
        '(d) measures taken or proposed',
        measuresSaid(told),
        'add what is proposed, and what mitigates the effects',
      ),
    ],
  };
}

function annex(told: Told): Notice {
  return {
    title: 'Regulation (EU) 611/2013, Annex I',
    fields: [
      officer('1. name of the provider'),
      officer('2. identity and contact details of the data protection officer or another contact'),
      officer('3. whether it is a first or a second notice'),
      filled(
        '4. date and time of the incident, and of its detection',
        joined([periodSaid(told), detectedSaid(told)]),
        judged(told),
      ),
      filled('5. circumstances of the breach', typeSaid(told), 'confirm that it is a breach'),
      filled('6. nature and content of the personal data', dataSaid(told)),
      filled('7. measures applied to the data', unintelligibleSaid(told), 'add measures outside headgate'),
      officer('8. relevant use of other providers'),
      filled(
        '9. summary of the incident',
        joined(told.summary, ' '),
        'add the physical location and the storage media, where there are any',
      ),
      filled('10. number of subscribers or individuals', peopleSaid(told)),
      officer('11. potential consequences and adverse effects on them'),
      filled('12. measures to mitigate these', measuresSaid(told), 'add measures outside headgate'),
      officer('13. content of the notice to subscribers, where one is made'),
      officer('14. means of communication with them'),
      officer('15. number of them that were told'),
      officer('16. whether subscribers of other member states are concerned'),
      officer('17. other competent national authorities that were told'),
    ],
  };
}

/** Of whatever left, through a release or as a leak. */
function periodSaid({ recipients, left }: Told): Said {
  const edges = [...recipients, ...(left === null ? [] : [left])].flatMap(({ first, last }) => [first, last]).sort();
  const [first, last] = [edges[0], edges.at(-1)];
  if (first === undefined || last === undefined) return said('no release is told here', 'ledger');
  const lasting = lastingOf(Date.parse(last) - Date.parse(first));
  return said(`from ${first} to ${last}, ${lasting}`, 'ledger');
}

function peopleSaid({ people, left }: Told): Said {
  if (left === null) return people;
  const text = `${people.text} through releases, ${left.people.text} in fields that left; whoever is in both is in both figures`;
  return said(text, people.source);
}

function recordsSaid({ releases, left }: Told): Said {
  return left === null
    ? releases
    : said(`${releases.text} through releases, ${left.releases.text} in fields that left`, releases.source);
}

function detectedSaid({ awareness }: Told): Said {
  if (awareness.at === null) return said('not known', awareness.source);
  return said(
    `${awareness.how === 'given' ? '' : 'no later than '}${awareness.at}: ${awareness.text}`,
    awareness.source,
  );
}

function judged({ awareness }: Told): string | null {
  return awareness.how === 'given' ? null : 'say when somebody first knew';
}

function typeSaid({ recipients, left, basis }: Told): Said {
  const parts = [
    ...(recipients.length === 0
      ? []
      : [
          `subscriber identity was disclosed to ${recipients.length} ${recipients.length === 1 ? 'recipient' : 'recipients'}${basis === 'added' ? ' after a change of policy' : ' that the policy named'}`,
        ]),
    ...(left === null ? [] : [`identity was found in fields that nobody knew as such, ${leftWords(left)}`]),
  ];
  return said(parts.length === 0 ? 'nothing that left is told here' : parts.join('; '), 'ledger');
}

function dataSaid({ data, left }: Told): Said {
  if (data.length === 0 && left === null) return said('none that is told here', 'ledger');
  return joined([
    ...data.map(({ header, form, carries, source }) => said(`${carries} (\`${header}\`, ${form})`, source)),
    ...(left?.fields ?? []).map((field) =>
      said(`an identity of the subscriber, or what looks like one (\`${field}\`)`, 'ledger'),
    ),
  ]);
}

function unintelligibleSaid({ data, left }: Told): Said {
  if (data.length === 0 && left === null) return said('none that is told here', 'ledger');
  return joined([
    ...data.map(({ header, unintelligible, text, source }) =>
      said(`\`${header}\`: unintelligible: ${unintelligible}; ${text}`, source),
    ),
    ...(left?.fields ?? []).map((field) => said(`\`${field}\`: unintelligible: no; as it was sent`, 'ledger')),
  ]);
}

function measuresSaid({ measures }: Told): Said {
  if (measures.length === 0) return said('none in the history of the period', 'history');
  return joined(measures.map(({ at, text, source }) => said(`${at} ${text}`, source)));
}

function joined(parts: readonly Said[], between = '; '): Said {
  const sources = new Set(parts.flatMap(({ source }) => source.split('; ')));
  return said(parts.map(({ text }) => text).join(between), [...sources].join('; '));
}

function said(text: string, source: string): Said {
  return { text, source };
}

function filled(asks: string, answer: Said, forOfficer: string | null = null): Field {
  return { asks, answer: said(answer.text, answer.source), forOfficer };
}

function officer(asks: string): Field {
  return { asks, answer: null, forOfficer: 'to be filled in by the officer' };
}
