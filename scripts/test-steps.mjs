// What `npm test` is made of. A step answers its exit code, and specs how many of them passed and failed.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, stopBroker } from './local-broker.mjs';
import { nx, run, runTool, toolEnv } from './workspace.mjs';

const results = mkdtempSync(join(tmpdir(), 'ledgerline-test-'));
const brokerDirectory = join(results, 'servers');

const nxEach = (target) => (how) => nx(['run-many', '-t', target, '--output-style=static'], how);

const jest =
  (config, env = {}) =>
  async (how) => {
    const outputFile = join(results, `${config}.json`);
    const args = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...['--config', config, '--passWithNoTests', '--json', '--outputFile', outputFile],
    ];
    const end = await run(process.execPath, args, { ...how, env: { ...toolEnv, ...env } });
    if (!existsSync(outputFile)) return { ...end, passed: 0, failed: end.code === 0 ? 0 : 1 };
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outputFile, 'utf8'));
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    return { ...end, passed: numPassedTests, failed: end.code === 0 ? failed : Math.max(failed, 1) };
  };

/** On the broker that KAFKA_BROKERS names, or on one of its own. */
const jestOnBroker = (config) => async (how) => {
  if (process.env.KAFKA_BROKERS?.trim()) return jest(config)(how);
  mkdirSync(brokerDirectory);
  try {
    const { missing, env } = await startBroker(brokerDirectory);
    if (!missing) return await jest(config, env)(how);
    console.log(`${missing} Without it, and without KAFKA_BROKERS, these specs are not run.`);
    return process.env.CI === 'true' ? { code: 1 } : { code: 0, skipped: true };
  } finally {
    endBroker();
  }
};

const endBroker = () => {
  if (!existsSync(brokerDirectory)) return;
  stopBroker(brokerDirectory);
  rmSync(brokerDirectory, { recursive: true, force: true });
};

/**
 * One after the other, alone: everything else builds on the first, and the second plants files that no other may see.
 */
const ALONE = [
  { name: 'build', run: nxEach('build') },
  { name: 'boundaries', run: (how) => run(process.execPath, ['scripts/check-boundaries.mjs'], how) },
];

/** What computes all the time. */
const COMPUTING = [
  { name: 'format', run: (how) => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.'], how) },
  { name: 'lint-scripts', run: (how) => runTool('eslint/bin/eslint.js', ['--max-warnings=0', 'scripts', '*.js'], how) },
  { name: 'typecheck', run: nxEach('typecheck') },
  { name: 'lint', run: nxEach('lint') },
  { name: 'unit', run: jest('jest.config.js') },
];

/** What mostly waits: for brokers and services to start, to fail, and to be missed. */
const WAITING = [
  { name: 'int', run: jestOnBroker('jest.int.config.js'), needs: 'build' },
  { name: 'e2e', run: jest('jest.e2e.config.js', { KAFKA_BROKERS: '' }), needs: 'build' },
  { name: 'e2e-kafka', run: jestOnBroker('jest.e2e-kafka.config.js'), needs: 'build' },
];

export const STEPS = { alone: ALONE, computing: COMPUTING, waiting: WAITING };

/** Also for the end by a signal, where nothing can be waited for. */
export const cleanUp = () => {
  endBroker();
  rmSync(results, { recursive: true, force: true });
};
