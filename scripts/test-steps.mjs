// What `npm test` is made of. A step answers its exit code, and specs how many of them passed and failed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packages } from '../jest.preset.js';
import { runJest } from './jest-run.mjs';
import { quickServersEnv, startServer, stopServers } from './local-servers.mjs';
import { lint, nx, run, runTool } from './workspace.mjs';

const results = mkdtempSync(join(tmpdir(), 'ledgerline-test-'));
/** Of the servers that a step has started, while it runs. */
const serversDirectories = new Set();

/** One process for all packages: one for each, as nx runs them, takes two to four times as long. */
const tsc = (configs) => (how) => runTool('typescript/bin/tsc', ['-b', ...configs], how);

const specConfigs = packages.map((directory) => join(directory, 'tsconfig.spec.json'));

const jest =
  (config, env = {}) =>
  (how) =>
    runJest(config, { ...how, directory: results, env: { ...quickServersEnv, ...env } });

/**
 * On the servers that the environment names, and on some of its own for those that it does not. Without a broker nothing is
 * run; without a database the specs that need one skip themselves.
 */
const jestOnServers =
  (config, { brokers = 1, database = true } = {}) =>
  async (how) => {
    const directory = mkdtempSync(join(results, 'servers-'));
    serversDirectories.add(directory);
    try {
      const kafka = await serverFor(directory, {
        name: 'kafka',
        variable: 'KAFKA_BROKERS',
        options: ['--brokers', brokers],
      });
      const mongo = database ? await serverFor(directory, { name: 'mongo', variable: 'MONGODB_URI' }) : {};
      const complete = kafka !== undefined && mongo !== undefined;
      if (!complete && process.env.CI === 'true') return { code: 1 };
      return kafka ? await jest(config, { ...kafka, ...mongo })(how) : { code: 0, skipped: true };
    } finally {
      endServers(directory);
    }
  };

/** What the specs need to know of it beyond the environment; undefined where there is none and none can be started. */
const serverFor = async (directory, { name, variable, options }) => {
  if (process.env[variable]?.trim()) return {};
  const { missing, env } = await startServer(directory, name, options);
  if (missing) console.log(`${missing} Without it, and without ${variable}, specs on ${name} are not run.`);
  return env;
};

const endServers = (directory) => {
  if (!serversDirectories.delete(directory)) return;
  stopServers(directory);
  rmSync(directory, { recursive: true, force: true });
};

/** Plants files that no other step may see. */
const ALONE = [{ name: 'boundaries', run: (how) => run(process.execPath, ['scripts/check-boundaries.mjs'], how) }];

/** Specs run the sources, so that only what is behind them needs the build. */
const COMPUTING = [
  { name: 'unit', run: jest('jest.config.js') },
  { name: 'compatibility', run: (how) => nx(['run', 'events:check-compatibility'], how), needs: 'build' },
  { name: 'entries', run: (how) => run(process.execPath, ['scripts/check-entries.mjs'], how), needs: 'build' },
];

/** Specs have time-outs; these have none, and so they give way. */
const TOOLS = [
  { name: 'typecheck', run: tsc(specConfigs), needs: 'build', givesWay: true },
  { name: 'lint', run: (how) => lint(['.'], how), givesWay: true },
  {
    name: 'format',
    run: (how) => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.'], how),
    givesWay: true,
  },
];

/** What the services are run from, and then what mostly waits: for brokers and services to start, to fail, and to be missed. */
const WAITING = [
  { name: 'build', run: tsc(['tsconfig.json']) },
  { name: 'int', run: jestOnServers('jest.int.config.js'), needs: 'build' },
  { name: 'e2e', run: jest('jest.e2e.config.js', { KAFKA_BROKERS: '', MONGODB_URI: '' }), needs: 'build' },
  { name: 'e2e-kafka', run: jestOnServers('jest.e2e-kafka.config.js'), needs: 'build' },
  {
    name: 'cluster',
    run: jestOnServers('jest.cluster.config.js', { brokers: 3, database: false }),
    needs: 'build',
    onlyWhenAsked: true,
  },
  { name: 'faults', run: jestOnServers('jest.faults.config.js'), needs: 'build', onlyWhenAsked: true },
];

/** First what is alone; then what waits beside what computes, each in order; then the tools. */
export const STEPS = { alone: ALONE, waiting: WAITING, computing: COMPUTING, tools: TOOLS };

/** Also for the end by a signal, where nothing can be waited for. */
export const cleanUp = () => {
  for (const directory of serversDirectories) endServers(directory);
  rmSync(results, { recursive: true, force: true });
};
