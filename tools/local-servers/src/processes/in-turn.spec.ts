import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../fixtures/scratch.js';
import { sourceChild } from '../fixtures/source-child.js';
import { inTurn } from './in-turn.js';
import { until } from './until.js';

const newDirectory = scratch();
const compiled = newDirectory();
const WITHIN_MS = 20_000;

interface Waiting {
  readonly child: ChildProcess;
  readonly said: () => string;
}

const started: Waiting[] = [];

const start = (directory: string): Waiting => {
  const child = sourceChild({ file: 'turn.child.mjs', args: [directory], compiled });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const waiting = { child, said: () => said };
  started.push(waiting);
  return waiting;
};

const kill = async ({ child }: Waiting): Promise<void> => {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

const areInTurn = (all: readonly Waiting[]): Waiting[] => all.filter(({ said }) => said().includes('in turn'));

afterAll(() => started.forEach(({ child }) => child.kill('SIGKILL')));

describe('turns', () => {
  it('come one after the other', async () => {
    const directory = newDirectory();
    const seen: string[] = [];
    const turn = (name: string): Promise<void> =>
      inTurn({ directory, onWait: () => seen.push(`${name} waits`) }, async () => {
        seen.push(`${name} begins`);
        if (name === 'first') expect(await until(() => seen.includes('second waits'), WITHIN_MS)).toBe(true);
        seen.push(`${name} ends`);
      });
    const first = turn('first');
    expect(await until(() => seen.length > 0, WITHIN_MS)).toBe(true);
    await Promise.all([first, turn('second')]);
    expect(seen).toEqual(['first begins', 'second waits', 'first ends', 'second begins', 'second ends']);
    expect(readdirSync(directory)).toEqual(['2']);
  });

  it('are over when what was done in them failed', async () => {
    const directory = newDirectory();
    await expect(inTurn({ directory }, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn({ directory }, async () => 'yes')).toBe('yes');
  });

  it('are over when the pid of who had one is another process now', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, '7'), `${process.pid} 1 another-boot`);
    await inTurn({ directory }, async () => expect(readdirSync(directory)).toEqual(['8']));
  });

  it('go to exactly one of several when the one that had it is killed, again and again', async () => {
    const directory = newDirectory();
    let waiting = Array.from({ length: 6 }, () => start(directory));
    while (waiting.length > 0) {
      expect(await until(() => areInTurn(waiting).length > 0, WITHIN_MS)).toBe(true);
      const [owner, ...others] = areInTurn(waiting);
      if (!owner) throw new Error('nobody is in turn');
      expect(others).toEqual([]);
      waiting = waiting.filter((other) => other !== owner);
      expect(await until(() => waiting.every(({ said }) => said() === 'waiting\n'), WITHIN_MS)).toBe(true);
      await kill(owner);
    }
  }, 60_000);
});
