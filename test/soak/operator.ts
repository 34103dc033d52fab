// What operators do meanwhile, every few seconds: policies that narrow and widen with an approval, one that nobody approved, a file
// that is none, lockdowns of everyone and of one partner.
import { readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Gateway } from '../wire/harness/gateway.js';
import { MSISDN_UNCHANGED, partner, policyText } from '../wire/harness/policy-text.js';
import { oneOf, type World } from './asking.js';

const PARTNERS = [0, 1, 2, 3].map((n) =>
  partner({ id: `p${n}`, hosts: [`p${n}.allow.example`], release: [MSISDN_UNCHANGED] }),
);
export const WIDE = policyText(PARTNERS);
const NARROW = policyText(PARTNERS.slice(0, 2));
const NOBODY = policyText([]);
const UNAPPROVED = policyText([
  ...PARTNERS,
  partner({ id: 'new', hosts: ['site-1.test'], release: [MSISDN_UNCHANGED] }),
]);
const EVERY_MS = 3000;

export interface Done {
  approved: number;
  refused: number;
  lockdowns: number;
}

export async function operate(gateway: Gateway, { isOver, book }: World): Promise<Done> {
  const done: Done = { approved: 0, refused: 0, lockdowns: 0 };
  const reload = async (policy: string): Promise<void> => {
    if ((await gateway.reload(policy)) !== 'replaced') throw new Error('an approved policy was refused');
    done.approved += 1;
    forgetOld(join(gateway.folder, 'approvals'));
  };
  const refuse = async (policy: string): Promise<void> => {
    if ((await gateway.offer(policy)) === null) throw new Error('a policy that nobody approved was admitted');
    done.refused += 1;
  };
  const lock = async (order: object): Promise<void> => {
    await post(gateway, '/v1/lockdown', { reason: 'a test', by: 'dana', ...order });
    done.lockdowns += 1;
  };
  try {
    while (!isOver()) {
      const one = { partner: oneOf('p0', 'p1', 'p2', 'p3') };
      for (const act of [
        () => reload(oneOf(NARROW, NOBODY)),
        () => refuse(oneOf(UNAPPROVED, 'version: 1\npartners: [')),
        () => reload(WIDE),
        () => lock({ state: 'on', ...one }),
        () => lock({ state: 'off', ...one }),
        () => lock({ state: 'on' }),
        () => lock({ state: 'off' }),
      ]) {
        if (isOver()) return done;
        await act();
        await after(EVERY_MS);
      }
    }
  } catch (error) {
    book.fail(`reloads: ${(error as Error).message}`);
  }
  return done;
}

/** A baseline of a lower generation says nothing any more. */
function forgetOld(folder: string): void {
  const generation = (file: string): number => Number(/\d+/.exec(file)?.[0]);
  const files = readdirSync(folder).sort((a, b) => generation(a) - generation(b));
  for (const file of files.slice(0, -1)) rmSync(join(folder, file));
}

function post(gateway: Gateway, path: string, body: object): Promise<void> {
  const port = Number(/:(\d+)$/.exec(String(gateway.find('admin-listening')?.['message']))?.[1]);
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method: 'POST', agent: false, headers: { 'content-type': 'application/json' } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${path} answered ${answer.statusCode}: ${text}`)),
        );
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
