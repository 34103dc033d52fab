// The certificate authorities that destinations are verified with. Connections of different ones never meet in the pool.
import { createHash } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

export interface Authorities {
  /** Of the further authorities: tells two sets apart. */
  readonly digest: string;
  readonly secureContext: SecureContext;
}

/**
 * TLS 1.2 at least; `ca`: PEM texts trusted beside Node's own roots. `before` itself where it is of the same: reading
 * 140 roots costs milliseconds.
 */
export function authoritiesOf(ca: readonly string[], before?: Authorities): Authorities {
  const digest = createHash('sha256').update(JSON.stringify(ca)).digest('hex').slice(0, 16);
  if (before?.digest === digest) return before;
  return {
    digest,
    secureContext: createSecureContext({
      minVersion: 'TLSv1.2',
      ...(ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {}),
    }),
  };
}
