// Partners: hosts, transport, ports, releases. Each rule here keeps a release from reaching further than was meant.
import type { Path } from '../document/document.js';
import { complain, periodOf, type CompileContext } from './compile-context.js';
import { compileHosts } from './compile-hosts.js';
import { identifierOf } from './identify.js';
import { clashesOf } from './one-partner.js';
import type { OwnHeader, Partner, ReleaseRule, Watch } from './policy.js';
import type { PolicyFile } from './schema.js';

type PartnerFile = NonNullable<PolicyFile['partners']>[number];
interface Known {
  readonly headers: readonly OwnHeader[];
  readonly watch: readonly Watch[];
}

const HTTP_PORT = 80;
const TLS_PORT = 443;
/** Thousands of partners at one host, each on a few ports and listeners, are far below; compared in about a second. */
const COMBINATIONS = 1_000_000;

export function compilePartners(
  context: CompileContext,
  file: readonly PartnerFile[],
  known: Known,
): readonly Partner[] {
  const identify = identifierOf(known.headers);
  const watched = new Set(known.watch.map((watch) => watch.key));
  const seen = new Set<string>();
  const partners = file.map((item, index): Partner => {
    const path = ['partners', index];
    if (seen.has(item.id)) {
      complain(context, [...path, 'id'], {
        code: 'partner-twice',
        message: `partner \`${item.id}\` is listed twice: an id belongs to one partner`,
      });
    }
    seen.add(item.id);
    const isOwn = item.own ?? false;
    const hosts = compileHosts(context, [...path, 'hosts'], item.hosts, isOwn ? 'release-own' : 'release');
    const ports = distinct(context, [...path, 'ports'], item.ports ?? [HTTP_PORT]);
    const release = compileRelease(context, path, item, (name) => identify(name), watched);
    judgeTransport(context, path, item);
    return {
      id: item.id,
      own: isOwn,
      name: item.name,
      purpose: item.purpose,
      contract: item.contract ?? null,
      owner: item.owner,
      basis: item.basis ?? null,
      country: item.country ?? null,
      hosts,
      transport: item.transport,
      ports,
      connect: item.transport === 'tls' ? (item.connect ?? TLS_PORT) : null,
      listeners: item.listeners === undefined ? null : distinct(context, [...path, 'listeners'], item.listeners),
      release,
      period: periodOf(context, path, { ...item, isBounded: true }),
    };
  });
  // Where a host could not be read, positions would not be those of the file.
  const isWhole = partners.every((partner, index) => partner.hosts.length === file[index]?.hosts.length);
  if (isWhole) reportClashes(context, partners);
  return partners;
}

function compileRelease(
  context: CompileContext,
  path: Path,
  item: PartnerFile,
  identify: ReturnType<typeof identifierOf>,
  watched: ReadonlySet<string>,
): readonly ReleaseRule[] {
  const seen = new Map<string, string>();
  return item.release.flatMap((rule, index) => {
    const place = [...path, 'release', index];
    const identity = identify(rule.header);
    if (identity === undefined || identity.action === 'count') {
      const why = identity === undefined ? 'is no identity header' : 'is only counted, never withheld';
      complain(context, [...place, 'header'], {
        code: 'release-not-identity',
        message: `\`${rule.header}\` ${why}: every site receives it already`,
        help: 'list it under `identity.headers`; then only partners receive it',
      });
      return [];
    }
    const before = seen.get(identity.key);
    if (before !== undefined) {
      const isSame = before === JSON.stringify([rule.as, rule.key]);
      complain(context, [...place, 'header'], {
        code: isSame ? 'release-twice' : 'two-forms',
        message: `\`${rule.header}\` is released twice${isSame ? '' : ' in two forms'}: a header has one form at one host`,
        help: 'case, `-`, `_` and `.` do not distinguish names',
      });
    }
    seen.set(identity.key, JSON.stringify([rule.as, rule.key]));
    if (watched.has(identity.key)) {
      complain(context, [...place, 'header'], {
        code: 'watch-and-release',
        message: `\`${rule.header}\` is watched, so every site receives it unchanged: a release of it says nothing`,
        help: 'take it out of one of the two',
      });
    }
    if (rule.as === 'pseudonym' && rule.key === undefined) {
      complain(context, place, {
        code: 'pseudonym-without-key',
        message: `\`${rule.header}\` is released as a pseudonym: that takes a \`key\``,
        help: 'write `key: NAME`, and the file of that key in headgate.yaml',
      });
    }
    if (rule.as === 'unchanged' && rule.key !== undefined) {
      complain(context, [...place, 'key'], {
        code: 'unchanged-with-key',
        message: `\`${rule.header}\` is released unchanged: that takes no \`key\``,
        help: 'write `as: pseudonym`, or take the key out',
      });
    }
    const keyIds = rule.as === 'unchanged' || rule.key === undefined ? [] : [rule.key].flat();
    distinct(context, [...place, 'key'], keyIds);
    judgeForm(context, path, item, index);
    return [{ key: identity.key, header: rule.header, class: identity.class, form: rule.as, keyIds }];
  });
}

/** Unchanged over plain http to a wildcard: whoever takes one name under it reads numbers, and so does the path. */
function judgeForm(context: CompileContext, path: Path, item: PartnerFile, index: number): void {
  const rule = item.release[index];
  const wildcard = item.hosts.find((host) => host.startsWith('*'));
  if (rule?.as !== 'unchanged' || item.transport !== 'http' || wildcard === undefined) return;
  const port = item.ports?.[0] ?? HTTP_PORT;
  const witness = `http://${wildcard.replace(/^\*+/, 'x')}${port === HTTP_PORT ? '' : `:${port}`}/`;
  complain(context, [...path, 'release', index], {
    code: 'unchanged-http-wildcard',
    message: `\`${rule.header}\` unchanged over plain http to \`${wildcard}\`: ${witness} would receive it in clear`,
    help: 'write `transport: tls`, or name the hosts, or `as: pseudonym`',
  });
}

function judgeTransport(context: CompileContext, path: Path, item: PartnerFile): void {
  if (item.transport === 'http' && item.connect !== undefined) {
    complain(context, [...path, 'connect'], {
      code: 'connect-without-tls',
      message: '`connect` belongs to `transport: tls`: with http we connect to the port that was asked for',
      help: 'write `transport: tls`, or take `connect` out',
    });
  }
  if (item.transport === 'http' && item.own !== true) {
    complain(context, [...path, 'transport'], {
      code: 'transport-http',
      severity: 'warning',
      message: `\`${item.id}\` receives identity over plain http: everyone on the path reads it`,
      help: 'write `transport: tls` where the partner offers it',
    });
  }
}

function reportClashes(context: CompileContext, partners: readonly Partner[]): void {
  const clashes = clashesOf(partners, COMBINATIONS);
  if (clashes === undefined) {
    complain(context, ['partners'], {
      code: 'partners-combinations',
      message: `partners that share hosts have more than ${COMBINATIONS} combinations of partner, port and listener there: they are not compared`,
      help: 'give each partner fewer ports or listeners, or hosts of its own',
    });
    return;
  }
  for (const { first, second, witness } of clashes) {
    const [a, b] = [partners[first.partner]?.id ?? '', partners[second.partner]?.id ?? ''];
    if (a === b) continue;
    complain(context, ['partners', second.partner, 'hosts', second.host], {
      code: 'host-two-partners',
      message: `host \`${witness}\` belongs to \`${a}\` and \`${b}\`: a host has one partner`,
      help: 'the two share a time, a port and a listener here: part them, or leave the host to one',
    });
  }
}

function distinct<T extends string | number>(context: CompileContext, path: Path, members: readonly T[]): readonly T[] {
  members.forEach((member, index) => {
    if (members.indexOf(member) !== index) {
      complain(context, [...path, index], {
        code: 'listed-twice',
        message: `\`${member}\` is listed twice: it stands once`,
      });
    }
  });
  return members;
}
