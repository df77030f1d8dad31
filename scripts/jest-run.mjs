// One run of Jest, which is given up when it does not go on.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root, run, toolEnv } from './workspace.mjs';

/** Longer than any one case may take. */
const CASE_WITHIN_MS = 15 * 60_000;
/** What is still open then is not closed by anybody. */
const EXIT_WITHIN_MS = 60_000;

const reporter = fileURLToPath(new URL('jest-reporter.mjs', import.meta.url));

/** What the run is at, and since when: from its start on, before Jest has written anything down. */
const lastWritten = (state, startedAt) =>
  existsSync(state)
    ? { since: statSync(state).mtimeMs, ...JSON.parse(readFileSync(state, 'utf8')) }
    : { since: startedAt, isComplete: false, underWay: [] };

/** Why to wait no longer, in a sentence that names the specs; undefined as long as it goes on. */
const standstill = ({ since, isComplete, underWay }, { config, caseWithin, exitWithin }) => {
  const forMs = Date.now() - since;
  if (isComplete && forMs > exitWithin)
    return `${config}: all specs have ended, and Jest has not within ${exitWithin / 1_000} s: one of them left something open. Find it with --detectOpenHandles, spec by spec.`;
  if (isComplete || forMs <= caseWithin) return undefined;
  const specs = underWay.map((path) => relative(root, path)).join(', ');
  return `${config}: no case has ended for ${caseWithin / 1_000} s, and was given up in: ${specs || 'no spec yet'}.`;
};

/**
 * Runs the specs of a configuration and answers its exit code, and how many passed and failed. A run that does not go on, or does not end
 * when all specs have, is killed with all that it started, fails, and says in `text` where that was.
 */
export const runJest = async (
  config,
  { directory, env = toolEnv, caseWithin = CASE_WITHIN_MS, exitWithin = EXIT_WITHIN_MS, ...how },
) => {
  const [outputFile, state] = ['json', 'state'].map((kind) => join(directory, `${basename(config)}.${kind}`));
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...['--config', config, '--passWithNoTests', '--json', '--outputFile', outputFile],
    ...['--reporters=default', `--reporters=${reporter}`],
  ];
  // Of a run before.
  for (const file of [outputFile, state]) rmSync(file, { force: true });
  const startedAt = Date.now();
  const giveUp = () => standstill(lastWritten(state, startedAt), { config: basename(config), caseWithin, exitWithin });
  const end = await run(process.execPath, args, { ...how, env: { ...env, JEST_STATE_FILE: state }, giveUp });
  if (!existsSync(outputFile)) return { ...end, passed: 0, failed: end.code === 0 ? 0 : 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outputFile, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { ...end, passed: numPassedTests, failed: end.code === 0 ? failed : Math.max(failed, 1) };
};
