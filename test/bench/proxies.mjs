// The proxies that are compared, each from its configuration file, filled in and started. A new peer is a new entry of PROXIES.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { catalogueOf, lacking, NODE_PEERS } from './build.mjs';
import { fill, lines, nginxWords, write } from './configured.mjs';
import { BEFORE, MAIN, startHeadgate, startUndetected, startWithHosts } from './headgate.mjs';
import { ASKED, NAMES, PARTNERS, SECURE } from './names.mjs';
import { freePort, startProgram, untilReady } from './program.mjs';

async function startNginx({ folder, core, origins }) {
  const port = await freePort();
  const path = fill('nginx.conf', folder, {
    LISTEN: `127.0.0.1:${port}`,
    ORIGIN: `127.0.0.1:${origins.port}`,
    SECURE: `127.0.0.1:${origins.securePort}`,
    AUTHORITY: origins.authority,
    PARTNERS: write(folder, 'partners.conf', lines(PARTNERS.map((host) => `server_name ${host};`))),
  });
  const program = startProgram(nginxWords(folder, path), { core });
  return { port, program };
}

/** Letters with anything but letters and digits between, before and after: every spelling of a name. */
function spellingsOf(names) {
  const between = '[^a-z0-9]*';
  const spelled = (text) => [...text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')].join(between);
  return `^${between}(?:${spelled('http')}${between})?(?:${names.map(spelled).join('|')})${between}$`;
}

async function startHaproxy(file, job, { folder, core, origins }) {
  const port = await freePort();
  const backends = [...PARTNERS.map((host) => `${host} partners`), ...SECURE.map((host) => `${host} secure`)];
  const strip =
    job === 'equal'
      ? [`  http-request del-header '${spellingsOf(catalogueOf(MAIN))}' -m reg`]
      : NAMES.map((name) => `  http-request del-header ${name}`);
  const path = fill(file, folder, {
    LISTEN: `127.0.0.1:${port}`,
    ORIGIN: `127.0.0.1:${origins.port}`,
    SECURE: `127.0.0.1:${origins.securePort}`,
    AUTHORITY: origins.authority,
    BACKENDS: write(folder, 'backends.map', lines(backends)),
    STRIP: strip.join('\n'),
  });
  const program = startProgram(['haproxy', '-db', '-f', path], { core });
  return { port, program };
}

async function startSquid({ folder, core, origins }) {
  const port = await freePort();
  const user = process.getuid?.() === 0 ? 'proxy' : userInfo().username;
  const path = fill('squid.conf', folder, {
    LISTEN: `127.0.0.1:${port}`,
    ORIGINPORT: String(origins.port),
    FOLDER: folder,
    USER: user,
    PARTNERS: write(folder, 'partners.lst', lines(PARTNERS)),
  });
  const program = startProgram(['squid', '-N', '-f', path], { core });
  return { port, program };
}

async function startNodePeer(name, job, { folder, core, origins, env }) {
  const port = await freePort();
  const partners = write(folder, 'partners.lst', lines(PARTNERS));
  const names = write(folder, 'names.lst', lines(job === 'equal' ? catalogueOf(MAIN) : NAMES));
  const words = [String(port), String(origins.port), partners, names, job];
  const program = startProgram([process.execPath, join(NODE_PEERS, `${name}.mjs`), ...words], { core, env });
  return { port, program };
}

const packageVersion = (name) => {
  const file = join(NODE_PEERS, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : '';
};

/** Started, waited for, with what it was named. */
const entry = (name, { start, ...rest }) => ({
  name,
  job: 'twelve',
  program: null,
  isPinned: true,
  ...rest,
  start: async (circumstances) => {
    const started = await start(circumstances);
    await untilReady(started.program, name, { port: started.port, path: '/seen', host: ASKED.one[0] });
    return { name, job: rest.job ?? 'twelve', isNode: rest.isNode ?? false, ...started };
  },
});

const headgate = (name, { start = startHeadgate, settings = {}, env = {}, ...rest } = {}) =>
  entry(`headgate${name}`, {
    start: (circumstances) => start({ ...circumstances, settings, env: { ...circumstances.env, ...env } }),
    job: 'equal',
    isNode: true,
    version: [process.execPath, MAIN, '--version'],
    ...rest,
  });

const nodePeers = ['http-proxy', 'http-proxy-3', 'httpxy', 'fastify-http-proxy', 'node-undici'].flatMap((name) =>
  ['twelve', 'equal'].map((job) =>
    entry(job === 'equal' ? `${name}-equal` : name, {
      start: (circumstances) => startNodePeer(name, job, circumstances),
      job,
      isNode: true,
      isPackage: true,
      version: () =>
        packageVersion({ 'fastify-http-proxy': '@fastify/http-proxy', 'node-undici': 'undici' }[name] ?? name),
    }),
  ),
);

/**
 * `version`: the command that prints it, or a function; `program`: what must be installed; `isPackage`: whether it needs the
 * installed npm packages; `job`: what is checked of it: `twelve` names, `equal` to the gateway's, `relay` for bytes as they come;
 * `isPinned`: to one core, else it may have both.
 */
export const PROXIES = [
  headgate(''),
  headgate('-slow', { settings: { paths: ['slow'] } }),
  headgate('-undetected', { start: startUndetected }),
  // The fast path with Node's public API alone.
  headgate('-public', { env: { HEADGATE_PUBLIC_API: '1' } }),
  headgate('-public-undetected', { start: startUndetected, env: { HEADGATE_PUBLIC_API: '1' } }),
  headgate('-before', { start: (circumstances) => startHeadgate({ ...circumstances, main: BEFORE }) }),
  headgate('-1-worker', { settings: { workers: 1 }, isPinned: false }),
  headgate('-2-workers', { settings: { workers: 2 }, isPinned: false }),
  ...[10, 1000, 1_000_000].map((count) =>
    headgate(`-${count}-hosts`, { start: (circumstances) => startWithHosts(count, circumstances) }),
  ),
  entry('haproxy', {
    start: (circumstances) => startHaproxy('haproxy.cfg', 'twelve', circumstances),
    program: 'haproxy',
    version: ['haproxy', '-v'],
  }),
  entry('haproxy-equal', {
    start: (circumstances) => startHaproxy('haproxy.cfg', 'equal', circumstances),
    job: 'equal',
    program: 'haproxy',
    version: ['haproxy', '-v'],
  }),
  entry('haproxy-tcp', {
    start: (circumstances) => startHaproxy('haproxy-tcp.cfg', 'relay', circumstances),
    job: 'relay',
    program: 'haproxy',
    version: ['haproxy', '-v'],
  }),
  entry('nginx', { start: startNginx, program: 'nginx', version: ['nginx', '-v'] }),
  entry('squid', { start: startSquid, program: 'squid', version: ['squid', '-v'] }),
  entry('node-relay', {
    start: (circumstances) => startNodePeer('node-relay', 'relay', circumstances),
    job: 'relay',
    isNode: true,
    version: () => process.versions.node,
  }),
  ...nodePeers,
];

/** undefined where a proxy can be started here, else one line that says why not. `packages`: what installPeers said. */
export function whyNot({ name, program, isPackage }, packages) {
  const why = isPackage === true ? packages : program === null ? undefined : lacking(program);
  return why === undefined ? undefined : `${name} is left out: ${why}`;
}
