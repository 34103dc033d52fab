// The files that `redis` names, looked at before a gateway needs them: the password and the certificate authorities. Only `headgate check` asks: a
// gateway starts without them, tries again and goes on alone meanwhile. Their content is never said in a problem.
import { readFileSync, statSync } from 'node:fs';
import type { Problem } from '../document/problem.js';
import type { RedisSettings } from '../fleet/redis-settings.js';
import { reasonOf } from './start-failure.js';
import { readAuthorities } from './trusted-files.js';

const ELSEWHERE = 'harmless on another machine; the gateway would go on alone there';

/**
 * What is wrong with them. A file that cannot be read is a warning, for this may be another machine; so is a password that other users
 * can read. One that is empty or of several lines, or no certificate, is an error.
 */
export function redisFileProblems(redis: RedisSettings | null): readonly Problem[] {
  if (redis === null) return [];
  const problems: Problem[] = [];
  const read = (file: string): Buffer => readFileSync(file);
  for (const file of redis.tls?.ca ?? []) readAuthorities(file, { problems, read });
  const judged = problems.map((problem): Problem => {
    if (problem.code !== 'authority-unreadable') return problem;
    return { ...problem, severity: 'warning', help: ELSEWHERE };
  });
  return redis.passwordFile === null ? judged : [...judged, ...passwordProblems(redis.passwordFile)];
}

function passwordProblems(file: string): readonly Problem[] {
  try {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const problems: Problem[] = [];
    if (lines.length > 1 || lines[0] === '') {
      const has = lines.length > 1 ? `${lines.length} lines` : 'nothing';
      const message = `the password of Redis in \`${file}\` has ${has}: it is one line`;
      problems.push({ code: 'password-invalid', severity: 'error', message });
    }
    if ((statSync(file).mode & 0o007) !== 0) {
      const message = `the password of Redis in \`${file}\` is open to every user of this machine: whoever reads it can lock down and misinform`;
      problems.push({ code: 'password-mode', severity: 'warning', message, help: `chmod o-rwx ${file}` });
    }
    return problems;
  } catch (cause) {
    const message = `cannot read \`redis.passwordFile\` from \`${file}\`: ${reasonOf(cause)}`;
    return [{ code: 'password-unreadable', severity: 'warning', message, help: ELSEWHERE }];
  }
}
