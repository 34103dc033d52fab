// A folder with the two files of a gateway, for tests that read real files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const POLICY = `version: 1
partners:
  - id: pay
    name: Acme Direct Billing Ltd
    purpose: carrier billing
    contract: DPA-2026-014
    owner: partners@operator.example
    hosts: [pay.acme.example]
    transport: http
    release: [{ header: X-MSISDN, as: unchanged }]
    from: 2020-01-01
    until: UNTIL
`.replace('UNTIL', `${new Date().getUTCFullYear() + 1}-06-30`);

export const SETTINGS = `listeners:
  - { name: internet, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: path }
metrics: { address: "127.0.0.1:0" }
policy: policy.yaml
limits: { connections: 50, drainTimeout: 5s }
`;

export interface Workspace {
  readonly folder: string;
  readonly config: string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

/** A new folder with `headgate.yaml` and `policy.yaml`, good ones unless given. */
export function makeWorkspace(files: Readonly<Record<string, string | Uint8Array>> = {}): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-test-'));
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  for (const [name, content] of Object.entries({ 'headgate.yaml': SETTINGS, 'policy.yaml': POLICY, ...files })) {
    write(name, content);
  }
  return { folder, config: join(folder, 'headgate.yaml'), write, remove: () => rmSync(folder, { recursive: true }) };
}
