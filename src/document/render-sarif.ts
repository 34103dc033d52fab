// Problems as SARIF 2.1.0 (OASIS), which code hosts show beside the line that a change request touches.
import type { Problem, Severity, Span } from './problem.js';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

export interface SarifTool {
  readonly version: string;
  /** Where the codes are described, as an absolute URL; a rule's own page is its `#code`. Absent: no link. */
  readonly helpUri?: string;
}

/** One run with one rule per code. Paths are written as URI references, relative ones to the root of the repository (`%SRCROOT%`). */
export function renderSarif(problems: readonly Problem[], tool: SarifTool): string {
  const codes = [...new Set(problems.map(({ code }) => code))].sort();
  const rules = codes.map((id) => ({
    id,
    ...(tool.helpUri === undefined ? {} : { helpUri: `${tool.helpUri}#${id}` }),
    shortDescription: { text: id },
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'headgate', semanticVersion: tool.version, rules } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => resultOf(problem, codes)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf({ code, severity, message, help, span, related = [] }: Problem, codes: readonly string[]): unknown {
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: LEVELS[severity],
    message: { text: help === undefined ? message : `${message}\nhelp: ${help}` },
    ...(span === undefined ? {} : { locations: [locationOf(span)] }),
    ...(related.length === 0 ? {} : { relatedLocations: related.map(locationOf) }),
  };
}

function locationOf(span: Span): unknown {
  return {
    physicalLocation: {
      artifactLocation: artifactOf(span.file),
      region: {
        startLine: span.line,
        startColumn: span.column,
        endLine: span.endLine,
        endColumn: span.endColumn,
      },
    },
  };
}

/** Of `git:REV:PATH` the path: a reader has the file, whatever line it has today. */
function artifactOf(named: string): unknown {
  const file = named.replace(/^git:[^:]*:/, '');
  const uri = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? { uri: `file://${uri}` } : { uri: uri.replace(/^\.\//, ''), uriBaseId: '%SRCROOT%' };
}
