// What the proxies forward to: the plain origin (origin.c), and nginx with TLS before it for partners that are reached so, with a
// certificate of an authority that lives as long as the run.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { compiled } from './build.mjs';
import { fill, nginxWords, write } from './configured.mjs';
import { freePort, startProgram, untilReady } from './program.mjs';

function certificatesIn(folder) {
  const at = (file) => join(folder, file);
  const extensions = write(folder, 'extensions', 'subjectAltName=DNS:*.secure.example\n');
  const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2', '-subj', '/CN=benchmark'];
  openssl('req', '-x509', ...curve, ...authority, '-addext', 'basicConstraints=critical,CA:TRUE');
  openssl('req', ...curve, '-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', '/CN=secure.example');
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', extensions];
  openssl('x509', '-req', '-in', at('request.pem'), '-out', at('certificate.pem'), '-days', '2', ...signed);
  return { authority: at('ca.pem'), certificate: at('certificate.pem'), key: at('key.pem') };
}

/** `{ port, securePort, authority, pids }`: where they listen, and whom the secure one's certificate is from. */
export async function startOrigins(folder, core) {
  const [port, securePort] = [await freePort(), await freePort()];
  const plain = startProgram([compiled('origin'), String(port)], { core });
  await untilReady(plain, 'the origin', { port, path: '/seen' });
  const { authority, certificate, key } = certificatesIn(folder);
  const path = fill('secure-origin.conf', folder, {
    LISTEN: `127.0.0.1:${securePort}`,
    ORIGIN: `127.0.0.1:${port}`,
    CERTIFICATE: certificate,
    KEY: key,
    BODY: 'x'.repeat(1024),
  });
  const secure = startProgram(nginxWords(folder, path), { core });
  return { port, securePort, authority, programs: [plain, secure] };
}
