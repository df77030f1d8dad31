import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockDataDir } from '@ledgerline/es-embedded';
import { eventually } from '@ledgerline/es-testing';
import { freePorts } from '@ledgerline/local-servers';
import { startServices } from '../../scripts/services.mjs';
import { ask, es, NpmStart } from './index.js';

const NAMES = ['order-service', 'payment-service', 'projection-service'];
const ORDER_SERVICE = fileURLToPath(new URL('../../apps/order-service/dist/main.js', import.meta.url));

let env: Record<string, string | undefined>;
let directory: string;
let orders: string;
let pids: number[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ledgerline-e2e-'));
  const [order, payment, projection] = await freePorts(3);
  orders = `http://127.0.0.1:${order}`;
  pids = [];
  env = {
    ...{ ...process.env, DATA_DIR: directory, LOG_LEVEL: 'warn', HOST: '127.0.0.1' },
    ...{ ORDER_SERVICE_PORT: `${order}`, PAYMENT_SERVICE_PORT: `${payment}`, PROJECTION_SERVICE_PORT: `${projection}` },
    ...{ ORDER_SERVICE_URL: '', PAYMENT_SERVICE_URL: '', PROJECTION_SERVICE_URL: '' },
  };
});
afterEach(() => {
  for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  rmSync(directory, { recursive: true });
});

/** False also for one that has ended and that nobody has asked about. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !existsSync(stat) || !/^\d+ \(.*\) Z/.test(readFileSync(stat, 'latin1'));
  } catch {
    return false; // There is no such process.
  }
};

/** Who runs on the data directory. */
const ownerOf = (name: string): number => {
  try {
    void lockDataDir({ directory, name }).close();
    throw new Error(`${name} does not run`);
  } catch (error) {
    const { facts } = error as { facts?: { pid: number } };
    if (!facts) throw error;
    return facts.pid;
  }
};

const isReady = async (): Promise<void> => {
  expect((await ask(`GET ${orders}/health/ready`)).status).toBe(200);
};

describe('services whose starter is killed', () => {
  it.each<[string, readonly [string, ...string[]]]>([
    ['the script', [process.execPath, 'scripts/start.mjs']],
    ['npm', ['npm', 'start']],
  ])('end by themselves within ten seconds, and leave their data to the next ones: %s', async (_, command) => {
    const starter = new NpmStart(env, command);
    await starter.ready();
    pids = NAMES.map(ownerOf);
    starter.kill();
    await eventually(() => expect(pids.filter(isRunning)).toEqual([]), { timeoutMs: 10_000 });
    for (const name of NAMES) await lockDataDir({ directory, name }).close();
    await starter.ended;
  });
});

describe('npm start', () => {
  it.each([
    ['::1', '[::1]'],
    ['::', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['localhost', 'localhost'],
  ])('comes up with no more than HOST=%s, says where, and the command line finds it', async (HOST, place) => {
    const starter = new NpmStart({ ...env, HOST });
    try {
      await starter.ready();
      const url = `http://${place}:${env['ORDER_SERVICE_PORT']}`;
      expect(starter.stdout).toContain(url);
      expect((await ask(`GET ${url}/health/ready`)).status).toBe(200);
      pids = NAMES.map(ownerOf);
      const projections = await es({ ...env, HOST }, 'projections');
      expect(projections).toMatchObject({ code: 0, stdout: expect.stringContaining('order') as string });
    } finally {
      starter.kill();
      await starter.ended;
    }
  });
});

describe('a service with a channel to its parent', () => {
  const started = async (...args: string[]): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [ORDER_SERVICE, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    pids = [child.pid ?? 0];
    await eventually(isReady, { timeoutMs: 30_000 });
    return child;
  };

  it('ends as on SIGTERM when the channel does, if it was told to', async () => {
    const child = await started('--end-with-parent');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('pays no heed to it otherwise', async () => {
    const child = await started();
    child.disconnect();
    // One that does end refuses the second or third of these.
    for (let times = 0; times < 20; times += 1) await isReady();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a service that is ended before it was ready', () => {
  it('does not say that it is ready', async () => {
    const lines: string[] = [];
    // Nobody makes the topics that it waits for.
    const running = startServices({ env, only: ['projection-service'], onLog: (_, line) => void lines.push(line) });
    pids = running.services.map(({ pid }) => pid ?? 0);
    const [{ url } = { url: '' }] = running.services;
    await eventually(async () => expect((await ask(`GET ${url}/health/live`)).status).toBe(200), { timeoutMs: 30_000 });
    running.kill('projection-service', 'SIGTERM');
    expect(await running.firstEnd).toMatchObject({ code: 0 });
    await running.stop();
    expect(lines).toEqual([]);
  });
});
