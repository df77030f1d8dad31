// Runs the three built services as `npm start` does; the e2e specs use it with ports and a DATA_DIR of their own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, run } from './workspace.mjs';

const STOP_WITHIN_MS = 8_000;
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

const SERVICES = [
  { name: 'order-service', variable: 'ORDER_SERVICE', port: 3001 },
  { name: 'payment-service', variable: 'PAYMENT_SERVICE', port: 3002 },
  { name: 'projection-service', variable: 'PROJECTION_SERVICE', port: 3003 },
];

// A larger nursery: what a command makes is garbage before it would be moved. 7 to 18 % less CPU for 40 MB, measured. And a limit
// for everything else, without which a machine with much memory collects late (figures in docs/explanation/performance.md).
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=32', '--max-old-space-size=768'];

// A service that is started so ends when the channel to this process does: a SIGKILL takes no children along.
const END_WITH_PARENT = '--end-with-parent';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The services with the port and URL that the environment gives them. */
export const describeServices = (env = process.env) => {
  const host = env.HOST?.trim() || '127.0.0.1';
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const inUrl = reachable.includes(':') ? `[${reachable}]` : reachable;
  return SERVICES.map(({ name, variable, port }) => {
    const actualPort = Number(env[`${variable}_PORT`] || port);
    return { name, variable, port: actualPort, url: `http://${inUrl}:${actualPort}` };
  });
};

/** Services find each other by URL: with other ports than the usual, the URLs follow. */
const environmentOf = (services, env) => ({
  ...Object.fromEntries(services.map(({ variable, url }) => [`${variable}_URL`, url])),
  ...env,
});

const startOne = (service, env, onLog) => {
  const main = join(root, 'apps', service.name, 'dist/main.js');
  const child = spawn(process.execPath, [...NODE_FLAGS, main, END_WITH_PARENT], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => onLog(service.name, line));
  }
  const state = { ...service, child, running: true };
  state.ended = new Promise((resolve) => {
    const end = (code, signal) => {
      state.running = false;
      resolve({ name: service.name, code, signal });
    };
    child.once('exit', end);
    child.once('error', (error) => {
      onLog(service.name, error.message);
      end(1, null);
    });
  });
  return state;
};

const isReady = async (url) => {
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // Not listening yet: the next look will tell.
  }
};

const untilReady = async (services, within) => {
  const deadline = Date.now() + within;
  for (const service of services) {
    while (!(await isReady(service.url)) || !service.running) {
      const dead = services.find(({ running }) => !running);
      if (dead) throw new Error(`${dead.name} ended before it was ready`);
      if (Date.now() > deadline) throw new Error(`${service.name} was not ready within ${within / 1000} s`);
      await wait(LOOK_EVERY_MS);
    }
  }
};

const stopAll = async (services, within) => {
  for (const { child, running } of services) if (running) child.kill('SIGTERM');
  const killLate = setTimeout(() => {
    for (const { child, running } of services) if (running) child.kill('SIGKILL');
  }, within);
  await Promise.all(services.map(({ ended }) => ended));
  clearTimeout(killLate);
};

/**
 * Starts the built services in this process group and answers at once. They end when this process does, however it ends.
 * `ready` settles when each answers GET /health/ready; `firstEnd` when the first of them ends, for whatever reason.
 * `stop` sends SIGTERM, SIGKILL after 8 s, and settles when all have ended; calling it again is harmless.
 */
export const startServices = ({ env = process.env, only, onLog = () => {}, readyWithin = READY_WITHIN_MS } = {}) => {
  const all = describeServices(env);
  const services = all
    .filter(({ name }) => !only || only.includes(name))
    .map((service) => startOne(service, environmentOf(all, env), onLog));
  return {
    services: services.map(({ name, url, port, child }) => ({ name, url, port, pid: child.pid })),
    ready: () => untilReady(services, readyWithin),
    firstEnd: Promise.race(services.map(({ ended }) => ended)),
    kill: (name, signal = 'SIGKILL') => services.find((service) => service.name === name)?.child.kill(signal) ?? false,
    stop: (within = STOP_WITHIN_MS) => stopAll(services, within),
  };
};

/** Makes what is missing of the topics on Kafka; nothing where the log is embedded. May be repeated. */
export const provisionTopics = async ({ env = process.env } = {}) => {
  if (!env.KAFKA_BROKERS?.trim()) return;
  const cli = join(root, 'apps/cli/dist/main.js');
  const { code, text } = await run(process.execPath, [cli, 'topics', 'create'], { show: false, env });
  if (code !== 0) throw new Error(text.trim());
};
