import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { lockDataDir } from './lock-data-dir.js';

const newDirectory = scratch();
const compiled = newDirectory();
const name = 'parcel-service';

const startLocking = (directory: string): Child =>
  new Child({ file: 'locking.child.mjs', args: [directory, name], compiled });

const locked = async (directory: string): Promise<Child> => {
  const child = startLocking(directory);
  child.say('go');
  await child.line('locked');
  return child;
};

describe('the lock on a data directory', () => {
  it('refuses a second process of the same service, naming the first one and the directory', async () => {
    const directory = newDirectory();
    const child = await locked(directory);
    expect(() => lockDataDir({ directory, name })).toThrow(
      expect.objectContaining({ code: 'data-dir-in-use', facts: { directory, name, pid: child.pid } }),
    );
    await child.kill();
  }, 30_000);

  it('does not stand between different services', async () => {
    const directory = newDirectory();
    const child = await locked(directory);
    await lockDataDir({ directory, name: 'stamp-service' }).close();
    await child.kill();
  }, 30_000);

  it('is free again after it was closed', async () => {
    const directory = newDirectory();
    const lock = lockDataDir({ directory, name });
    expect(() => lockDataDir({ directory, name })).toThrow(expect.objectContaining({ code: 'data-dir-in-use' }));
    await lock.close();
    await lock.close();
    await lockDataDir({ directory, name }).close();
  }, 30_000);

  it('is given back when its owner exits', async () => {
    const directory = newDirectory();
    await (await locked(directory)).end();
    const path = join(directory, 'locks', name);
    expect(readdirSync(path)).toEqual(['1']);
    expect(readFileSync(join(path, '1'), 'utf8')).toBe('{}');
  }, 30_000);

  it('is free again after its owner was killed', async () => {
    const directory = newDirectory();
    await (await locked(directory)).kill();
    await lockDataDir({ directory, name }).close();
  }, 30_000);

  it('is free when the pid of its owner now belongs to another process', async () => {
    const directory = newDirectory();
    const path = join(directory, 'locks', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, '1'), JSON.stringify({ pid: process.pid, started: 'another-boot/1' }));
    await lockDataDir({ directory, name }).close();
  }, 30_000);

  it('is free when what its owner has written did not survive the end of the machine', async () => {
    const directory = newDirectory();
    const path = join(directory, 'locks', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, '7'), '');
    await lockDataDir({ directory, name }).close();
    expect(readdirSync(path)).toEqual(['8']);
  }, 30_000);

  it('goes to exactly one of several processes that find a dead lock', async () => {
    const directory = newDirectory();
    await (await locked(directory)).kill();
    const children = Array.from({ length: 6 }, () => startLocking(directory));
    await Promise.all(children.map((child) => child.line('ready')));
    for (const child of children) child.say('go');
    const outcomes = await Promise.all(
      children.map((child) => Promise.race([child.line('locked'), child.line('refused')])),
    );
    expect(outcomes.filter((line) => line === 'locked')).toHaveLength(1);
    await Promise.all(children.map((child) => child.kill()));
  }, 30_000);
});
