// People with real keys of every kind, for the approval matrix: each signs as ssh-keygen or a hardware key does.
import { Authenticator, FLAGS } from './authenticator.js';
import { armorOf, NAMESPACE, type KeyPair, type SshBench } from './ssh-bench.js';

export interface Hand {
  readonly person: string;
  /** Of `allowed_signers`. */
  readonly line: string;
  /** The armored signature. */
  sign(text: string): string;
}

/** `listed` are those whose lines are in the list; bob has two keys. */
export function handsOf(bench: SshBench) {
  const handOf = (person: string, options: string, key: KeyPair): Hand => ({
    person,
    line: `${person}${options} ${key.line}`,
    sign: (text) => bench.sign(key.path, Buffer.from(text)),
  });
  const hardwareOf = (person: string, key: Authenticator, flags: number): Hand => ({
    person,
    line: `${person} ${key.line}`,
    sign: (text) => armorOf(key.sign(Buffer.from(text), flags)),
  });
  const name = (who: string): string => `${who}@operator.example`;
  const bobsKey = bench.newKey('-t', 'ecdsa', '-b', '256');
  const alice = handOf(name('alice'), '', bench.newKey('-t', 'ed25519'));
  const bob = handOf(name('bob'), `,group:privacy namespaces="${NAMESPACE}"`, bobsKey);
  const bobAgain = handOf(name('bob'), ',group:privacy', bench.newKey('-t', 'ed25519'));
  const bobElsewhere: Hand = { ...bob, sign: (text) => bench.sign(bobsKey.path, Buffer.from(text), 'file') };
  const carol = handOf(name('carol'), '', bench.newKey('-t', 'rsa', '-b', '2048'));
  const token = new Authenticator('sk-ssh-ed25519@openssh.com');
  const dave = hardwareOf(name('dave'), token, FLAGS.present);
  const daveUntouched = hardwareOf(name('dave'), token, FLAGS.none);
  const erin = hardwareOf(name('erin'), new Authenticator('sk-ecdsa-sha2-nistp256@openssh.com'), FLAGS.present);
  const frank = handOf(name('frank'), '', bench.newKey('-t', 'ecdsa', '-b', '521'));
  const grace = handOf(name('grace'), ' valid-before="20261122113000Z"', bench.newKey('-t', 'ed25519'));
  const heidi = handOf(name('heidi'), ' valid-before="20261101000000Z"', bench.newKey('-t', 'ed25519'));
  const listed = [alice, bob, bobAgain, carol, dave, erin, frank, grace, heidi];
  const mallory = handOf(name('mallory'), '', bench.newKey('-t', 'ed25519'));
  const others = { bobElsewhere, bobsKey, daveUntouched, mallory };
  return { alice, bob, bobAgain, carol, dave, erin, frank, grace, heidi, ...others, listed };
}
