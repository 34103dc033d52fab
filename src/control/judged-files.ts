// Every file that a judgement reads, for whoever watches them.
import type { Settings } from './settings.js';

/** Absolute paths; of folders the files in them. `file` is the settings file. */
export function judgedFiles(file: string, settings: Settings): readonly string[] {
  const { policyFile, approvalsFolder, testsFile, ceilingFile, approval, keys, authorityFiles } = settings;
  return [
    file,
    policyFile,
    approvalsFolder,
    ...[testsFile, ceilingFile, approval.signers, approval.revoked].filter((each) => each !== null),
    ...Object.values(keys),
    ...authorityFiles,
  ];
}
