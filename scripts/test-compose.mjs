// `npm run test:compose`: the end-to-end specs against the system that docker-compose.yml describes.
import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { describeServices } from './services.mjs';
import { build, endOnSignal, install, requireNode, root, run, toolEnv } from './workspace.mjs';

const READY_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 500;
const HOST_LISTENER = '127.0.0.1:9094';

const succeeds = async (program, args) => {
  try {
    return (await run(program, args, { show: false })).code === 0;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false;
  }
};

const findCompose = async () => {
  if (await succeeds('docker-compose', ['version'])) return ['docker-compose'];
  return (await succeeds('docker', ['compose', 'version'])) ? ['docker', 'compose'] : undefined;
};

/** Beside whatever the developer has composed from the same file, with volumes of its own. */
const composing = async () => {
  const compose = await findCompose();
  if (!compose) throw new Error('Docker Compose is needed, there is none.');
  if (!(await succeeds('docker', ['info']))) throw new Error('A Docker engine is needed, none answers `docker info`.');
  const [program, ...args] = [...compose, '--project-name', 'ledgerline-test'];
  // Also for the end by a signal, where nothing can be waited for.
  takeDown = () =>
    void spawnSync(program, [...args, 'down', '--volumes', '--remove-orphans'], { cwd: root, stdio: 'inherit' });
  return (...more) => run(program, [...args, ...more]);
};

let takeDown = () => {};

const isReady = async (url) => {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false; // Not listening yet: the next look will tell.
  }
};

const untilReady = async (services) => {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (const { name, url } of services) {
    while (!(await isReady(url))) {
      if (Date.now() > deadline) throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s`);
      await setTimeout(LOOK_EVERY_MS);
    }
  }
};

const specs = (services) => {
  const urls = services.map(({ name, url }) => [`${name.toUpperCase().replace('-', '_')}_URL`, url]);
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  return run(process.execPath, [...jest, '--config', 'jest.e2e.config.js'], {
    env: { ...toolEnv, ...Object.fromEntries(urls), KAFKA_BROKERS: HOST_LISTENER },
  });
};

const main = async () => {
  requireNode();
  const compose = await composing();
  await install();
  const services = describeServices();
  await build(['apps/cli', ...services.map(({ name }) => `apps/${name}`), 'e2e']);
  if ((await compose('up', '--detach', '--build')).code !== 0) return 1;
  await untilReady(services);
  return (await specs(services)).code;
};

endOnSignal(() => takeDown());
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  takeDown();
}
