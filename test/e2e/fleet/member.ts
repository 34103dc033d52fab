// One replica of a fleet as a whole process: a folder of its own with settings and policy, killed, ended and begun anew on what it left.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyOf } from '../gate/operator.js';
import { Program, runVerb } from '../gate/program.js';

export interface MemberOptions {
  /** Where the folders of all of them are. */
  readonly folder: string;
  readonly name: string;
  /** The setting `redis` but for the name of the replica. */
  readonly redis: object;
  /** Where every host is. */
  readonly sitePort: number;
}

export class Member {
  readonly name: string;
  readonly folder: string;
  #program: Program | undefined;

  private constructor({ folder, name }: MemberOptions) {
    this.name = name;
    this.folder = join(folder, name);
  }

  /** The files, with the first policy approved; it does not run yet. */
  static async make(options: MemberOptions): Promise<Member> {
    const member = new Member(options);
    mkdirSync(member.folder);
    const settings = {
      listeners: [{ name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' }],
      metrics: { address: '127.0.0.1:0' },
      admin: { address: 'unix:admin.sock' },
      policy: 'policy.yaml',
      state: 'state',
      destinations: { default: `127.0.0.1:${options.sitePort}`, permit: ['127.0.0.0/8'] },
      approval: { required: 0 },
      limits: { connections: 200, drainTimeout: '2s' },
      redis: { ...options.redis, replica: options.name },
    };
    writeFileSync(join(member.folder, 'headgate.yaml'), JSON.stringify(settings, null, 2));
    writeFileSync(join(member.folder, 'policy.yaml'), JSON.stringify(policyOf(), null, 2));
    const why = ['--reason', 'a test', '--proposer', 'ops@operator.example', '--yes'];
    const { code, err } = await member.verb('approve', '--baseline', ...why);
    if (code !== 0) throw new Error(`no baseline: ${err}`);
    return member;
  }

  /** Of the process that runs; throws where none does. */
  get program(): Program {
    if (this.#program === undefined) throw new Error(`${this.name} does not run`);
    return this.#program;
  }

  async begin(): Promise<void> {
    this.#program = await Program.start({ folder: this.folder });
  }

  /** In order: it drains. */
  async end(): Promise<void> {
    await this.program.stop();
    this.#program = undefined;
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    const { program } = this;
    program.kill();
    while (program.isAlive) await new Promise((resolve) => setTimeout(resolve, 2));
    this.#program = undefined;
  }

  /** For the end of a test that failed too. */
  async dispose(): Promise<void> {
    if (this.#program !== undefined) await this.kill();
  }

  /** Whether it reaches the others, and as many of them as it hears, itself too. */
  async fleet(): Promise<{ readonly isConnected: boolean; readonly heard: number }> {
    const { connected, replicas } = await this.program.api<{
      readonly connected: boolean;
      readonly replicas: readonly { readonly silent: boolean }[];
    }>('/v1/fleet');
    return { isConnected: connected, heard: replicas.filter(({ silent }) => !silent).length };
  }

  verb(...words: readonly string[]): ReturnType<typeof runVerb> {
    return runVerb(this.folder, [...words, '--config', 'headgate.yaml']);
  }
}
