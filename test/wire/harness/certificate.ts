// Certificates made with openssl when a case needs them: an authority of our own, and leaves with the names and dates asked for.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

/** An authority; `issue` gives a leaf for the names (DNS or IP) that is valid now, or ended yesterday. */
export class Authority {
  private readonly folder: string;
  private serial = 0;

  constructor(commonName: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'headgate-wire-ca-'));
    this.openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      `/CN=${commonName}`,
    );
  }

  private openssl(...args: readonly string[]): void {
    execFileSync('openssl', [...args], { cwd: this.folder, stdio: 'pipe' });
  }

  private read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  get certificate(): string {
    return this.read('ca.pem');
  }

  /** The authority's own certificate as a server's: self-signed. */
  get own(): Pair {
    return { cert: this.certificate, key: this.read('ca.key') };
  }

  issue(names: readonly string[], options: { readonly isExpired?: boolean } = {}): Pair {
    this.serial += 1;
    const leaf = `leaf-${this.serial}`;
    const alternatives = names.map((name) => (/^[0-9.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',');
    writeFileSync(join(this.folder, `${leaf}.ext`), `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`);
    this.openssl('req', ...NEW_KEY, '-keyout', `${leaf}.key`, '-out', `${leaf}.csr`, '-subj', '/CN=leaf');
    const days = options.isExpired === true ? ['-days', '-1'] : ['-days', '2'];
    this.openssl(
      ...[
        'x509',
        '-req',
        '-in',
        `${leaf}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-set_serial',
        String(this.serial),
      ],
      ...['-extfile', `${leaf}.ext`, '-out', `${leaf}.pem`, ...days],
    );
    return { cert: this.read(`${leaf}.pem`), key: this.read(`${leaf}.key`) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
