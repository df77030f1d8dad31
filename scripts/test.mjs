// Everything that must hold, in one command: `npm test`, or a part of it: `npm test -- --only=lint,unit`.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, stopBroker } from './local-broker.mjs';
import { endOnSignal, install, nx, requireNode, run, runTool, toolEnv } from './workspace.mjs';

const results = mkdtempSync(join(tmpdir(), 'ledgerline-test-'));
const brokerDirectory = join(results, 'servers');
const nxEach = (target) => nx(['run-many', '-t', target, '--output-style=static']);

const jest = async (config, env = {}) => {
  const outputFile = join(results, `${config}.json`);
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...['--config', config, '--passWithNoTests', '--json', '--outputFile', outputFile],
  ];
  const { code } = await run(process.execPath, args, { env: { ...toolEnv, ...env } });
  if (!existsSync(outputFile)) return { code, passed: 0, failed: code === 0 ? 0 : 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(outputFile, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { code, passed: numPassedTests, failed: code === 0 ? failed : Math.max(failed, 1) };
};

/** On the broker that KAFKA_BROKERS names, or on one of its own. */
const jestOnBroker = async (config) => {
  if (process.env.KAFKA_BROKERS?.trim()) return jest(config);
  mkdirSync(brokerDirectory);
  try {
    const { missing, env } = await startBroker(brokerDirectory);
    if (!missing) return await jest(config, env);
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

const STEPS = [
  { name: 'format', run: () => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']) },
  { name: 'build', run: () => nxEach('build') },
  { name: 'lint', run: () => nxEach('lint') },
  { name: 'lint-scripts', run: () => runTool('eslint/bin/eslint.js', ['--max-warnings=0', 'scripts', '*.js']) },
  { name: 'boundaries', run: () => run(process.execPath, ['scripts/check-boundaries.mjs']) },
  { name: 'typecheck', run: () => nxEach('typecheck') },
  { name: 'unit', run: () => jest('jest.config.js') },
  { name: 'int', run: () => jestOnBroker('jest.int.config.js'), needs: 'build' },
  { name: 'e2e', run: () => jest('jest.e2e.config.js', { KAFKA_BROKERS: '' }), needs: 'build' },
  { name: 'e2e-kafka', run: () => jestOnBroker('jest.e2e-kafka.config.js'), needs: 'build' },
];

const chosenSteps = () => {
  const only = process.argv
    .find((argument) => argument.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  if (!only) return STEPS;
  const unknown = only.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    throw new Error(`No step ${unknown.join(', ')}; there are ${STEPS.map(({ name }) => name).join(', ')}`);
  }
  return STEPS.filter(({ name }) => only.includes(name));
};

const runStep = async (step, done) => {
  const start = Date.now();
  // What the services did before the build broke says nothing.
  const broken = done.some(({ name, code }) => name === step.needs && code !== 0);
  if (!broken) console.log(`\n=== ${step.name}`);
  const { code, skipped, passed = 0, failed = code === 0 ? 0 : 1 } = broken ? { code: 1 } : await step.run();
  const verdict = broken ? `not run: ${step.needs} failed` : skipped ? 'skipped' : code === 0 ? 'ok' : 'FAILED';
  return { name: step.name, code, passed, failed, verdict, seconds: (Date.now() - start) / 1000 };
};

const summarise = (done) => {
  console.log('\n=== summary');
  for (const { name, verdict, passed, failed, seconds } of done) {
    const counts = passed + failed > 0 ? `  ${passed} passed, ${failed} failed` : '';
    console.log(`  ${name.padEnd(14)}${verdict.padEnd(8)}${seconds.toFixed(1).padStart(7)} s${counts}`);
  }
};

const sum = (done, count) => done.reduce((total, step) => total + step[count], 0);

const main = async () => {
  requireNode();
  const steps = chosenSteps();
  await install();
  const done = [];
  for (const step of steps) done.push(await runStep(step, done));
  summarise(done);
  console.log(`\n${sum(done, 'passed')} passed, ${sum(done, 'failed')} failed`);
  return done.every(({ code, failed }) => code === 0 && failed === 0) ? 0 : 1;
};

const cleanUp = () => {
  endBroker();
  rmSync(results, { recursive: true, force: true });
};

endOnSignal(cleanUp);
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  cleanUp();
}
