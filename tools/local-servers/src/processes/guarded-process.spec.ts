import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../fixtures/scratch.js';
import { sourceChild } from '../fixtures/source-child.js';
import { GuardedProcess } from './guarded-process.js';
import { until } from './until.js';

const newDirectory = scratch();
const WAITS = 'console.log(process.pid); setInterval(() => {}, 1000)';
const WITHIN_MS = 20_000;

const printedPid = async (log: string): Promise<number> => {
  const pid = (): number => (existsSync(log) ? Number.parseInt(readFileSync(log, 'utf8'), 10) : Number.NaN);
  expect(await until(() => !Number.isNaN(pid()), WITHIN_MS)).toBe(true);
  return pid();
};

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // Killed, and not yet asked about by whoever inherited it: its command line is empty.
    return !existsSync('/proc') || readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
};

/** Another process that starts a guarded one and is killed then; answers the pid of the guarded one. */
const killOwner = async (log: string): Promise<number> => {
  const owner = sourceChild({ file: 'guarding.child.mjs', args: [log], compiled: newDirectory() });
  const ended = once(owner, 'exit');
  const pid = await printedPid(log);
  expect(exists(pid)).toBe(true);
  owner.kill('SIGKILL');
  await ended;
  return pid;
};

describe('a guarded process', () => {
  it('does not outlive a process that was killed', async () => {
    const pid = await killOwner(join(newDirectory(), 'log'));
    expect(await until(() => !exists(pid), WITHIN_MS)).toBe(true);
  }, 60_000);

  it('is gone when its kill is done, even when it was halted', async () => {
    const log = join(newDirectory(), 'log');
    const child = new GuardedProcess({ program: process.execPath, args: ['-e', WAITS], log });
    const pid = await printedPid(log);
    child.send('SIGSTOP');
    expect(child.isRunning).toBe(true);
    await child.kill();
    expect(child.isRunning).toBe(false);
    expect(exists(pid)).toBe(false);
    await child.kill();
    expect(() => child.send('SIGCONT')).toThrow('does not run');
  }, 60_000);

  it('that cannot be started does not run', async () => {
    const child = new GuardedProcess({ program: '/nowhere', args: [], log: join(newDirectory(), 'log') });
    expect(child.isRunning).toBe(false);
    await child.kill();
  });
});
