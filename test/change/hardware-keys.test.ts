// Signatures of hardware keys, made by an authenticator in software: what counts here ssh-keygen accepts, and we ask for a touch, too.
import { describeWith } from '../programs.js';
import { Authenticator, FLAGS, string, type HardwareKind } from './authenticator.js';
import { ALICE, armorOf, judge, MESSAGE, outcomeOf, SshBench } from './ssh-bench.js';

const KINDS: readonly HardwareKind[] = ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'];

describeWith(['ssh-keygen'], 'signatures of hardware keys', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());

  describe.each(KINDS)('%s', (kind) => {
    const key = new Authenticator(kind);
    const signers = `${ALICE},group:privacy ${key.line}\n`;

    // ssh-keygen does not look at the flags that it has verified.
    test.each([
      ['touched', FLAGS.present, 'counts'],
      ['touched, with PIN or finger', FLAGS.both, 'counts'],
      ['not touched', FLAGS.none, 'presence-missing'],
      ['not touched, with PIN or finger', FLAGS.verified, 'presence-missing'],
    ])('%s', (_how, flags, expected) => {
      const asked = { signers, message: MESSAGE, signature: armorOf(key.sign(MESSAGE, flags)) };
      expect(outcomeOf(judge(asked))).toBe(expected);
      expect(bench.accepts(asked)).toBe(true);
    });

    test('hashed with sha256 it counts', () => {
      const asked = { signers, message: MESSAGE, signature: armorOf(key.sign(MESSAGE, FLAGS.present, 'sha256')) };
      expect(judge(asked)).toMatchObject({ ok: true, person: ALICE, groups: ['privacy'] });
      expect(bench.accepts(asked)).toBe(true);
    });

    test('of a changed text it does not count', () => {
      const asked = { signers, message: Buffer.from('x'), signature: armorOf(key.sign(MESSAGE, FLAGS.present)) };
      expect(outcomeOf(judge(asked))).toBe('signature-invalid');
      expect(bench.accepts(asked)).toBe(false);
    });

    test('the flags are signed: a touch cannot be added afterwards', () => {
      const bytes = key.sign(MESSAGE, FLAGS.none);
      bytes.writeUInt8(FLAGS.present, bytes.length - 5);
      const asked = { signers, message: MESSAGE, signature: armorOf(bytes) };
      expect(outcomeOf(judge(asked))).toBe('signature-invalid');
      expect(bench.accepts(asked)).toBe(false);
    });

    test.each([
      ['without PIN or finger it does not count', FLAGS.present, 'presence-missing'],
      ['with PIN or finger it counts', FLAGS.both, 'counts'],
    ])('where the line says verify-required, %s', (_how, flags, expected) => {
      const asked = {
        message: MESSAGE,
        signature: armorOf(key.sign(MESSAGE, flags)),
        signers: `${ALICE} verify-required ${key.line}`,
      };
      expect(outcomeOf(judge(asked))).toBe(expected);
    });

    test('no byte of it can be changed', () => {
      const bytes = key.sign(MESSAGE, FLAGS.present);
      const differing: string[] = [];
      for (let at = 0; at < bytes.length; at += 1) {
        for (const mask of [0x01, 0x80, 0xff]) {
          const changed = Buffer.from(bytes);
          changed.writeUInt8((bytes[at] ?? 0) ^ mask, at);
          const asked = { signers, message: MESSAGE, signature: armorOf(changed) };
          const ours = outcomeOf(judge(asked));
          if (ours === 'counts' || (mask === 0x01 && bench.accepts(asked)))
            differing.push(`byte ${at}, ${mask}: ${ours}`);
        }
      }
      // Version 0, which ssh-keygen takes for 1.
      expect(differing).toEqual(['byte 9, 1: signature-malformed']);
    }, 120_000);

    test('a key made for SSH on one host counts, a key made for a web site is refused', () => {
      const own = new Authenticator(kind, 'ssh:headgate');
      const asked = {
        signers: `${ALICE} ${own.line}\n`,
        message: MESSAGE,
        signature: armorOf(own.sign(MESSAGE, FLAGS.present)),
      };
      expect(outcomeOf(judge(asked))).toBe('counts');
      expect(bench.accepts(asked)).toBe(true);
      const web = new Authenticator(kind, 'https://www.example.invalid');
      expect(outcomeOf(judge({ ...asked, signature: armorOf(web.sign(MESSAGE, FLAGS.present)) }))).toBe(
        'algorithm-refused',
      );
    });

    test('the same point for another application is another key', () => {
      const blob = Buffer.concat([key.blob.subarray(0, -string('ssh:').length), string('ssh:other')]);
      const signature = armorOf(key.sign(MESSAGE, FLAGS.present));
      const asked = { signers: `${ALICE} ${kind} ${blob.toString('base64')}\n`, message: MESSAGE, signature };
      expect(outcomeOf(judge(asked))).toBe('signer-unknown');
      expect(bench.accepts(asked)).toBe(false);
    });
  });
});
