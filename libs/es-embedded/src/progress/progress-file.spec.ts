import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../fixtures/scratch.js';
import { ProgressFile } from './progress-file.js';

const state = (ordinal: number) => ({ logId: 'l', ordinal, head: 'h', headOffset: ordinal, time: '' });

describe('the file of reactors’ progress', () => {
  const newDirectory = scratch();

  it('keeps each partition’s progress, and gives it to whoever opens it next', async () => {
    const directory = newDirectory();
    const first = new ProgressFile({ directory, service: 'a' });
    expect(await first.load()).toEqual({});
    await Promise.all([
      first.save({ 't/0': state(1) }),
      first.save({ 't/1': state(2) }),
      first.save({ 't/0': state(3) }),
    ]);
    expect(await new ProgressFile({ directory, service: 'a' }).load()).toEqual({ 't/0': state(3), 't/1': state(2) });
    expect(await new ProgressFile({ directory, service: 'b' }).load()).toEqual({});
    expect(readdirSync(join(directory, 'progress'))).toEqual(['a.json']);
  });

  it('keeps that of each reactor where releases that know one only pass over it', async () => {
    const directory = newDirectory();
    const progress = { 't/0': { ...state(1), reactors: { a: state(1), b: state(4) } }, 't/1': state(2) };
    await new ProgressFile({ directory, service: 'a' }).save(progress);
    expect(await new ProgressFile({ directory, service: 'a' }).load()).toEqual(progress);
    const stored = JSON.parse(readFileSync(join(directory, 'progress', 'a.json'), 'utf8')) as object;
    expect(stored).toMatchObject({ 't/0': state(1), 't/1': state(2) });
    expect(Object.values(stored).filter((one) => 'logId' in (one as object))).toEqual([state(1), state(2)]);
  });

  it('takes a torn file for none, and replaces it', async () => {
    const directory = newDirectory();
    await new ProgressFile({ directory, service: 'a' }).save({ 't/0': state(1) });
    writeFileSync(join(directory, 'progress', 'a.json'), '{"t/0":{"logI');
    const again = new ProgressFile({ directory, service: 'a' });
    expect(await again.load()).toEqual({});
    await again.save({ 't/0': state(2) });
    expect(await new ProgressFile({ directory, service: 'a' }).load()).toEqual({ 't/0': state(2) });
  });

  it('forgets all of it', async () => {
    const directory = newDirectory();
    const file = new ProgressFile({ directory, service: 'a' });
    await file.save({ 't/0': state(1) });
    file.forget();
    expect([await file.load(), await new ProgressFile({ directory, service: 'a' }).load()]).toEqual([{}, {}]);
  });
});
