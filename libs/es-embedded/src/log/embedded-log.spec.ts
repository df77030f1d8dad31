import { mkdirSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord, PartitionedLog } from '@ledgerline/es-core/adapter';
import { open } from 'lmdb';
import { Opened } from '../fixtures/opened.js';
import { scratch } from '../fixtures/scratch.js';
import { type EmbeddedLogOptions, openEmbeddedLog } from './open-embedded-log.js';

const newDirectory = scratch();
const topic = 'parcels.events';
const record = (value: string): LogRecord => ({ key: 'parcel-1', value, headers: { kind: 'event' } });

const opened = new Opened();
afterEach(() => opened.close());
const openLog = (options: Partial<EmbeddedLogOptions> & { directory: string }): Promise<PartitionedLog> =>
  opened.add(openEmbeddedLog({ topic, partitions: 2, role: 'writer', ...options }));

describe('an embedded log', () => {
  it('keeps the number of partitions that it was made with', async () => {
    const directory = newDirectory();
    await (await openLog({ directory, partitions: 4 })).close();
    const log = await openLog({ directory, partitions: 8 });
    expect(log.partitions).toBe(4);
    await log.append(3, [record('a')]);
    await log.close();
    const reader = await openLog({ directory, partitions: 8, role: 'reader' });
    expect([reader.partitions, await reader.problems()]).toEqual([4, []]);
  });

  it('has no problems when it is as it should be', async () => {
    expect(await (await openLog({ directory: newDirectory() })).problems()).toEqual([]);
  });

  it('goes on behind what it holds after it was opened again', async () => {
    const directory = newDirectory();
    const first = await openLog({ directory });
    await first.append(1, [record('a'), record('b')]);
    await first.close();
    const second = await openLog({ directory });
    expect(await second.append(1, [record('c')])).toEqual({ firstOffset: 2 });
  });

  it('begins a pass in the middle of a batch, and ends a chunk there', async () => {
    const log = await openLog({ directory: newDirectory() });
    await log.append(0, ['a', 'b', 'c', 'd', 'e'].map(record));
    const pass = log.read(0, { from: 1, follow: false, maxRecords: 3 });
    const values = (await pass.next())?.records.map(({ offset, value }) => `${offset}${value}`);
    expect(values).toEqual(['1b', '2c', '3d']);
    expect((await pass.next())?.nextOffset).toBe(5);
    expect(await pass.next()).toBeUndefined();
  });

  it('bounds a chunk by bytes as well', async () => {
    const log = await openLog({ directory: newDirectory() });
    for (let i = 0; i < 8; i += 1) await log.append(0, [record('x'.repeat(500_000))]);
    const chunk = await log.read(0, { from: 0, follow: false }).next();
    expect(chunk?.records.length).toBe(3);
  });

  it.each([
    ['an empty batch', 0, []],
    ['a partition that it does not have', 2, [record('a')]],
    ['a batch that is too large', 0, [record('x'.repeat(2000))]],
  ])('refuses %s for good', async (_, partition, records) => {
    const log = await openLog({ directory: newDirectory(), maxBatchBytes: 1000 });
    await expect(log.append(partition, records)).rejects.toMatchObject({ code: 'append-refused', retriable: false });
  });

  it('is written by a process that reads it already', async () => {
    const directory = newDirectory();
    await (await openLog({ directory })).close();
    const reader = await openLog({ directory, role: 'reader' });
    const writer = await openLog({ directory });
    await writer.append(0, [record('a')]);
    const chunk = await reader.read(0, { from: 0, follow: false }).next();
    expect(chunk?.records.map(({ value }) => value)).toEqual(['a']);
  });

  it('notices a second writer instead of giving an offset twice', async () => {
    const directory = newDirectory();
    const one = await openLog({ directory });
    const other = await openLog({ directory });
    await one.append(0, [record('a')]);
    expect(await other.append(0, [record('b')])).toEqual({ firstOffset: 1 });
    await expect(one.append(0, [record('c')])).rejects.toMatchObject({ code: 'log-unavailable' });
    expect(await one.append(0, [record('d')])).toEqual({ firstOffset: 2 });
  });

  it('stores and acknowledges what was being appended when it was closed', async () => {
    const directory = newDirectory();
    const log = await openLog({ directory });
    const appending = Promise.all(Array.from({ length: 50 }, (_, i) => log.append(0, [record(String(i))])));
    await log.close();
    expect((await appending).map(({ firstOffset }) => firstOffset)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(await (await openLog({ directory })).bounds(0)).toEqual({ start: 0, end: 50 });
  });
});

describe('a reader of an embedded log', () => {
  it('is told when there is no log yet', async () => {
    const missing = openEmbeddedLog({ directory: newDirectory(), topic, partitions: 2, role: 'reader' });
    await expect(missing).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
  });

  it('waits for the log to be made, and learns the number of partitions from it', async () => {
    const directory = newDirectory();
    const waiting = openLog({ directory, role: 'reader', waitMs: 10_000 });
    await openLog({ directory, partitions: 3 });
    expect((await waiting).partitions).toBe(3);
  });

  it('cannot append', async () => {
    const directory = newDirectory();
    await openLog({ directory });
    const reader = await openLog({ directory, role: 'reader' });
    await expect(reader.append(0, [record('a')])).rejects.toMatchObject({ code: 'append-refused' });
  });
});

describe('a directory that holds no usable log', () => {
  const dataFile = (directory: string): string => join(directory, 'log', topic, 'data.mdb');

  it.each([
    ['some other file', Buffer.from('hello'.repeat(10_000)), 'not an LMDB file'],
    ['a few bytes', Buffer.from('hello'), 'not an LMDB file'],
  ])('is refused when it holds %s', async (_, bytes, reason) => {
    const directory = newDirectory();
    mkdirSync(join(directory, 'log', topic), { recursive: true });
    writeFileSync(dataFile(directory), bytes);
    const opening = openLog({ directory });
    await expect(opening).rejects.toMatchObject({
      code: 'environment-damaged',
      message: expect.stringContaining(reason),
    });
    await expect(opening).rejects.toThrow('restore the directory from a backup');
  });

  it('is refused when its file was cut off', async () => {
    const directory = newDirectory();
    const log = await openLog({ directory });
    for (let i = 0; i < 20; i += 1) await log.append(0, [record('x'.repeat(100_000))]);
    await log.close();
    truncateSync(dataFile(directory), statSync(dataFile(directory)).size / 2);
    await expect(openLog({ directory })).rejects.toThrow('data.mdb is cut off');
  });

  it('is refused when it is an environment of something else', async () => {
    const directory = newDirectory();
    const foreign = open<string, string>({
      path: join(directory, 'log', topic),
      noSubdir: false,
      overlappingSync: false,
    });
    await foreign.put('somebody', 'else');
    await foreign.close();
    await expect(openLog({ directory })).rejects.toThrow('not one of ours');
  });

  it('is refused when it is the log of another topic', async () => {
    const directory = newDirectory();
    await (await openLog({ directory })).close();
    renameSync(join(directory, 'log', topic), join(directory, 'log', 'stamps.events'));
    await expect(openLog({ directory, topic: 'stamps.events' })).rejects.toMatchObject({ code: 'log-misconfigured' });
  });
});
