// A folder with the settings of a gateway and a real admin server at the address that they name, over actions in memory.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAdminServer, type AdminServer } from '../../src/control/admin-server.js';
import type { Settings } from '../../src/control/settings.js';
import { memoryLog, MemoryGateway } from '../control/admin-memory.js';
import { makeWorkspace, SETTINGS, type Workspace } from '../control/workspace.js';

export const TOKENS = { read: 'read-read-read-read', lockdown: 'lock-lock-lock-lock', operate: 'oper-oper-oper-oper' };

export interface AdminGateway {
  readonly space: Workspace;
  readonly gateway: MemoryGateway;
  readonly config: string;
  readonly state: string;
  /** Listens at `unix:admin.sock` of the folder, with the tokens of the roles named. */
  serve(tokens?: readonly (keyof typeof TOKENS)[]): Promise<void>;
  /** Nobody listens any more; the folder stays. */
  stop(): void;
  remove(): void;
}

/** `admin`: what the settings say of it in YAML. */
export function makeAdminGateway(admin = '{ address: "unix:admin.sock" }'): AdminGateway {
  const space = makeWorkspace({ 'headgate.yaml': `${SETTINGS}state: state\nadmin: ${admin}\n` });
  const state = join(space.folder, 'state');
  mkdirSync(state);
  const gateway = new MemoryGateway();
  let server: AdminServer | undefined;
  const stop = (): void => {
    server?.close();
    server = undefined;
  };
  return {
    space,
    gateway,
    config: space.config,
    state,
    async serve(roles = []) {
      const named = roles.map((role) => [role, space.write(`token-${role}`, `${TOKENS[role]}\n`)] as const);
      const settings: NonNullable<Settings['admin']> = {
        address: { path: join(space.folder, 'admin.sock') },
        tokens: Object.fromEntries(named),
      };
      server = await startAdminServer({ admin: settings, actions: gateway, log: memoryLog() });
    },
    stop,
    remove() {
      stop();
      space.remove();
    },
  };
}
