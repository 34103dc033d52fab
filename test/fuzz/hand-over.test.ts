// What a worker gets decides as the whole policy does: hosts as flat memory beside a policy without hosts, both copied as messages are.
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import type { HostPattern, Policy } from '../../src/policy/policy.js';
import { policyTablesOf, withoutHosts, type PolicyTables } from '../../src/policy/policy-tables.js';
import type { Question, Ruleset } from '../../src/policy/ruleset.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import { NOW, PERIOD } from '../decision/ruleset-fixture.js';
import { policy } from './arbitraries.js';
import { holds } from './property.js';

const skewMs = 30_000;

/** Just inside and just outside each pattern of the policy, on each listener and port, at each edge of time. */
function questionsOf({ partners, deny }: Policy): readonly Question[] {
  const beside = ({ host }: HostPattern): readonly string[] => [host, `x.${host}`, `y.x.${host}`, `x${host}`];
  const hosts = new Set([...partners, ...deny].flatMap((item) => item.hosts.flatMap(beside)));
  return [...hosts].flatMap((host) =>
    ['internet', 'roaming'].flatMap((listener) =>
      [80, 8080].flatMap((port) =>
        [[NOW], [PERIOD.until - skewMs], [NOW, PERIOD.from]].map((times) => ({ listener, host, port, times, skewMs })),
      ),
    ),
  );
}

const answerOf = (ruleset: Ruleset, question: Question): unknown => {
  const release = ruleset.release(question);
  return release && [release.partner.id, release.partner.transport, [...release.rules]];
};

test('every question has the same answer, and the rest alone releases nothing', () => {
  let released = 0;
  holds(fc.tuple(policy), ([whole]) => {
    const message = deserialize(serialize({ rest: withoutHosts(whole), tables: policyTablesOf(whole) })) as {
      readonly rest: Policy;
      readonly tables: PolicyTables;
    };
    const [expected, handedOver, alone] = [
      rulesetOf(whole, 'd'),
      rulesetOf(message.rest, 'd', message.tables),
      rulesetOf(message.rest, 'd'),
    ];
    for (const question of questionsOf(whole)) {
      const answer = answerOf(expected, question);
      expect([question, answerOf(handedOver, question)]).toEqual([question, answer]);
      expect(alone.release(question)).toBeUndefined();
      if (answer !== undefined) released += 1;
    }
  });
  expect(released).toBeGreaterThan(100);
});
