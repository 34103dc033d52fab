// A signature counts here only if ssh-keygen accepts it, too: each row is asked of both.
import { describeWith } from '../programs.js';
import { ALICE, armorOf, bytesOf, judge, MESSAGE, NAMESPACE, outcomeOf, SshBench, type KeyPair } from './ssh-bench.js';

/** What a byte is changed by. */
const MASKS = [0x01, 0x80, 0xff];

describeWith(['ssh-keygen'], 'signatures of ssh-keygen', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());

  const KINDS: readonly (readonly [string, ...string[]])[] = [
    ['ed25519', '-t', 'ed25519'],
    ['ecdsa p-256', '-t', 'ecdsa', '-b', '256'],
    ['ecdsa p-384', '-t', 'ecdsa', '-b', '384'],
    ['ecdsa p-521', '-t', 'ecdsa', '-b', '521'],
    ['rsa 2048', '-t', 'rsa', '-b', '2048'],
  ];
  describe.each(KINDS)('%s', (_kind, ...options) => {
    let key: KeyPair;
    let signers: string;
    let signature: string;
    beforeAll(() => {
      key = bench.newKey(...options);
      signers = `${ALICE},group:privacy ${key.line}\n`;
      signature = bench.sign(key.path, MESSAGE);
    });

    test.each(['sha512', 'sha256'])('hashed with %s it counts, of the person and groups of its line', (hash) => {
      const asked = {
        signers,
        message: MESSAGE,
        signature: bench.sign(key.path, MESSAGE, NAMESPACE, '-O', `hashalg=${hash}`),
      };
      const keyFingerprint = expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/) as string;
      expect(judge(asked)).toEqual({ ok: true, person: ALICE, groups: ['privacy'], keyFingerprint });
      expect(bench.accepts(asked)).toBe(true);
    });

    test('of a changed text it does not count', () => {
      const changed = Buffer.from(MESSAGE);
      changed.writeUInt8((changed[7] ?? 0) ^ 1, 7);
      const asked = { signers, message: changed, signature };
      expect(outcomeOf(judge(asked))).toBe('signature-invalid');
      expect(bench.accepts(asked)).toBe(false);
    });

    test('it does not count for another namespace', () => {
      const asked = { signers, message: MESSAGE, signature, namespace: 'file' };
      expect(outcomeOf(judge(asked))).toBe('signature-namespace');
      expect(bench.accepts(asked)).toBe(false);
    });

    test('no byte of it can be changed', () => {
      const bytes = bytesOf(signature);
      expect(armorOf(bytes)).toBe(signature);
      const differing: string[] = [];
      for (let at = 0; at < bytes.length; at += 1) {
        // ssh-keygen is asked at each byte, in the long ones at each eighth (the version's last among them).
        const isAsked = bytes.length < 320 || at % 8 === 1;
        for (const mask of isAsked ? MASKS : MASKS.slice(0, 1)) {
          const changed = Buffer.from(bytes);
          changed.writeUInt8((bytes[at] ?? 0) ^ mask, at);
          const asked = { signers, message: MESSAGE, signature: armorOf(changed) };
          const ours = outcomeOf(judge(asked));
          if (ours === 'counts' || (isAsked && mask === MASKS[0] && bench.accepts(asked)))
            differing.push(`byte ${at}, ${mask}: ${ours}`);
        }
      }
      // Version 0, which ssh-keygen takes for 1.
      expect(differing).toEqual(['byte 9, 1: signature-malformed']);
    }, 120_000);
  });
});

describeWith(['ssh-keygen'], 'whose signature counts, and when', () => {
  const bench = new SshBench();
  afterAll(() => bench.end());
  let key: KeyPair;
  let other: KeyPair;
  let signature: string;
  beforeAll(() => {
    key = bench.newKey('-t', 'ed25519');
    other = bench.newKey('-t', 'ed25519');
    signature = bench.sign(key.path, MESSAGE);
  });
  /** KEY and OTHER stand for the keys. */
  const lines = (text: string): string => `${text.replaceAll('KEY', key.line).replaceAll('OTHER', other.line)}\n`;

  test.each([
    ['a key that nobody has does not count', `${ALICE} OTHER`, 'signer-unknown'],
    ['an empty list is a list of nobody', '', 'signer-unknown'],
    ['a key of another namespace does not count', `${ALICE} namespaces="file,git" KEY`, 'signer-namespace'],
    ['a key of this namespace among others counts', `${ALICE} namespaces="file,headgate-*" KEY`, 'counts'],
    ['an excluded namespace does not count', `${ALICE} namespaces="*,!headgate-approval" KEY`, 'signer-namespace'],
    ['the first of two keys counts', `${ALICE} KEY\n${ALICE} OTHER`, 'counts'],
    ['the second of two keys counts', `${ALICE} OTHER\n${ALICE} KEY`, 'counts'],
    [
      'one line that carries it is enough',
      `${ALICE} namespaces="file" KEY\n${ALICE} valid-after="20200101Z" KEY`,
      'counts',
    ],
    ['with comments, spaces and CRLF', `\r\n# the team\r\n  ${ALICE}\t KEY  a laptop "of hers\r\n\r\n`, 'counts'],
    ['options in capitals', `${ALICE} NameSpaces="headgate-approval",VALID-AFTER="20200101Z" KEY`, 'counts'],
    ['principals in quotes', `"${ALICE},group:privacy" KEY`, 'counts'],
  ])('%s', (_rule, signers, expected) => {
    const asked = { signers: lines(signers), message: MESSAGE, signature };
    expect(outcomeOf(judge(asked))).toBe(expected);
    expect(bench.accepts({ ...asked, time: '20261105120000Z' })).toBe(expected === 'counts');
  });

  test('what is said of a key that is listed in vain is what its first line lacks', () => {
    const signers = lines(`${ALICE} namespaces="file" KEY\n${ALICE} valid-before="20200101Z" KEY`);
    expect(outcomeOf(judge({ signers, message: MESSAGE, signature }))).toBe('signer-namespace');
  });

  test.each([
    ['after', '20261105120000Z', -1000, 'signer-not-yet-valid'],
    ['after', '20261105120000Z', 0, 'counts'],
    ['after', '202611051200', -1000, 'signer-not-yet-valid'],
    ['after', '202611051200', 0, 'counts'],
    ['before', '20261105120000', 0, 'counts'],
    ['before', '20261105120000Z', 1000, 'signer-expired'],
    ['before', '202611051200Z', 0, 'counts'],
    ['before', '202611051200Z', 1000, 'signer-expired'],
    ['before', '20261105', -43_200_000, 'counts'],
    ['before', '20261105Z', -43_199_000, 'signer-expired'],
    ['after', '20261105Z', -43_201_000, 'signer-not-yet-valid'],
    ['after', '20261105', -43_200_000, 'counts'],
  ])('valid-%s %s at noon and %d ms: %s', (edge, time, shift, expected) => {
    const at = Date.UTC(2026, 10, 5, 12) + shift;
    const asked = { signers: lines(`${ALICE} valid-${edge}="${time}" KEY`), message: MESSAGE, signature, at };
    expect(outcomeOf(judge(asked))).toBe(expected);
    const stamp = `${new Date(at).toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
    expect(bench.accepts({ ...asked, time: stamp })).toBe(expected === 'counts');
  });

  test('a time that is no number is outside every bound', () => {
    for (const option of ['valid-after="19800101Z"', 'valid-before="20990101Z"']) {
      const asked = { signers: lines(`${ALICE} ${option} KEY`), message: MESSAGE, signature, at: Number.NaN };
      expect(outcomeOf(judge(asked))).toMatch(/^signer-(expired|not-yet-valid)$/);
    }
  });

  test.each([
    ['a revoked key does not count', 'KEY', 'key-revoked'],
    ['wherever it stands', '# lost\n\nOTHER x\n  KEY laptop\n', 'key-revoked'],
    ['another key that is revoked does no harm', 'OTHER\n', 'counts'],
    ['an empty list revokes nothing', '# nobody\n', 'counts'],
  ])('%s', (_rule, revoked, expected) => {
    const asked = { signers: lines(`${ALICE} KEY`), message: MESSAGE, signature, revoked: lines(revoked) };
    expect(outcomeOf(judge(asked))).toBe(expected);
    expect(bench.accepts(asked)).toBe(expected === 'counts');
  });

  test('a revoked key does not count even where nobody is listed with it', () => {
    expect(outcomeOf(judge({ signers: '', message: MESSAGE, signature, revoked: key.line }))).toBe('key-revoked');
  });

  test('a person with several keys is one person, and a signature has the groups of its own line', () => {
    const signers = lines(`${ALICE},group:privacy,group:duty KEY\n${ALICE} OTHER`);
    const second = bench.sign(other.path, MESSAGE);
    const judged = [signature, second].map((each) => judge({ signers, message: MESSAGE, signature: each }));
    expect(judged).toMatchObject([
      { ok: true, person: ALICE, groups: ['duty', 'privacy'] },
      { ok: true, person: ALICE, groups: [] },
    ]);
    const asked = { signers, message: MESSAGE, person: 'group:privacy' };
    expect(bench.accepts({ ...asked, signature })).toBe(true);
    expect(bench.accepts({ ...asked, signature: second })).toBe(false);
  });

  test('the fingerprint is the one that ssh-keygen prints', () => {
    const judged = judge({ signers: lines(`${ALICE} KEY`), message: MESSAGE, signature });
    expect(bench.fingerprintOf(key)).toBe(judged.ok ? judged.keyFingerprint : judged.why.message);
  });

  test('a certificate is refused, though its key is listed', () => {
    const authority = bench.newKey('-t', 'ed25519');
    const certified = bench.newKey('-t', 'ed25519');
    const asked = { signers: `${ALICE} ${certified.line}\n`, message: MESSAGE };
    const certificate = bench.certify(certified, authority);
    const judged = judge({ ...asked, signature: bench.sign(certificate, MESSAGE) });
    expect(judged).toEqual({
      ok: false,
      why: { code: 'algorithm-refused', message: expect.stringMatching(/^a certificate: /) as string },
    });
  });

  test('a short RSA key is refused, though ssh-keygen takes it', () => {
    const short = bench.newKey('-t', 'rsa', '-b', '1024');
    const asked = { signers: lines(`${ALICE} KEY`), message: MESSAGE, signature: bench.sign(short.path, MESSAGE) };
    expect(judge(asked)).toEqual({
      ok: false,
      why: { code: 'algorithm-refused', message: 'an RSA key of 1024 bits: at least 2048' },
    });
    expect(bench.accepts({ ...asked, signers: `${ALICE} ${short.line}\n` })).toBe(true);
  });
});
