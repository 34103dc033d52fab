// What real clients and enrichers send: none of it is refused, nearly all of it takes the fast path, and what arrives is what was
// sent without identity, in its order.
import { ask } from './harness/client.js';
import { corpus, type Realistic } from './harness/corpus.js';
import { checkHead, checkNoValue } from './harness/invariants.js';
import { handsOver, isFast, isFastAlone } from './harness/paths.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';

const CORPUS = corpus();
const ALL = CORPUS.flatMap(([, requests]) => requests);
/** The one that waits for our 100: of the closed list. */
const isHandedOver = ({ lines }: Realistic): boolean => lines.some((line) => line.startsWith('Expect:'));
/** What may stand in a head that arrives though the client did not send it so. */
const OURS = /^(host|content-length|transfer-encoding|connection): /i;
const OWN_NUMBERS = /447700900\d{3}|0010109\d{8}/;
/** A line as it may leave: white space around the value is the hop's (RFC 9112, section 5.1). */
const canonical = (line: string): string => line.replace(/^([^:]*):[ \t]*(.*?)[ \t]*$/, '$1: $2');

test('the corpus has 200 different heads or more, with identity of the drama range alone', () => {
  expect(new Set(ALL.map(({ bytes }) => bytes)).size).toBeGreaterThanOrEqual(200);
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  for (const { bytes } of ALL) expect(bytes.replaceAll(new RegExp(OWN_NUMBERS, 'g'), '')).not.toMatch(/\b447\d{9}\b/);
  expect(ALL.filter(({ bytes }) => OWN_NUMBERS.test(bytes)).length).toBeGreaterThan(100);
});

describeStage('realistic requests', { name: 'realistic' }, (stage, way) => {
  it.each(CORPUS)(
    '%s: each is answered, arrives whole and in its order, and carries no identity',
    async (_, requests) => {
      const wrong: string[] = [];
      for (const each of requests) {
        for (const origin of stage().origins) origin.mark();
        const answer = await ask(stage().port, each.bytes, each.method);
        if (isFastAlone(way) && isHandedOver(each)) {
          expect(answer.status).toBe(501);
          continue;
        }
        const [request] = stage().stranger.requests();
        if (answer.status !== 200 || request === undefined) {
          wrong.push(`${each.name}: ${answer.status} ${answer.body}`);
          continue;
        }
        checkHead(request);
        for (const { bytes } of stage().stranger.since()) {
          const [, value] = OWN_NUMBERS.exec(each.bytes) ?? [];
          if (OWN_NUMBERS.test(bytes)) wrong.push(`${each.name}: a value arrived`);
          if (value !== undefined) checkNoValue(bytes, [value]);
        }
        if (request.body !== each.body) wrong.push(`${each.name}: the body is ${JSON.stringify(request.body)}`);
        const arrived = request.head.split('\r\n').slice(1, -2);
        const sent = each.lines.map(canonical);
        if (isFast(way) && !isHandedOver(each)) {
          let at = 0;
          for (const line of arrived.filter((text) => !OURS.test(text))) {
            const found = sent.indexOf(line, at);
            if (found < 0) wrong.push(`${each.name}: ${JSON.stringify(line)} was not sent, or not there`);
            else at = found + 1;
          }
        } else {
          const invented = arrived.filter((line) => !OURS.test(line) && !sent.includes(line));
          if (invented.length > 0) wrong.push(`${each.name}: ${JSON.stringify(invented)} was not sent`);
        }
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it('at least 99.5 % of them take the fast path, and none is refused to come to that', async () => {
    const samples = await stage().gateway.metrics();
    const carried = (path: string): number => total(samples, 'headgate_path_total', `path="${path}"`);
    const refused = total(samples, 'headgate_refused_requests_total');
    const handedOver = ALL.filter(isHandedOver).length;
    if (!isFast(way)) expect([carried('slow'), carried('fast'), refused]).toEqual([ALL.length, 0, 0]);
    else if (isFastAlone(way)) expect([carried('fast'), refused]).toEqual([ALL.length - handedOver, handedOver]);
    else expect([carried('fast') + carried('slow'), refused]).toEqual([ALL.length, 0]);
    if (handsOver(way)) expect(carried('fast') / ALL.length).toBeGreaterThanOrEqual(0.995);
  });
});
