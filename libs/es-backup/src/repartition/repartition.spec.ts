import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '@ledgerline/es-core';
import type { LogRecord, PartitionedLog } from '@ledgerline/es-core/adapter';
import { type DecisionResult, fingerprintOf, partitionOf } from '@ledgerline/es-core/runtime';
import { memoryLog, memoryStreamIndex, MemoryTopic } from '@ledgerline/es-testing';
import { backUp } from '../backup/back-up.js';
import { MemoryDisk } from '../fixtures/memory-disk.js';
import { RecordedTopic } from '../fixtures/recorded-topic.js';
import type { Manifest } from '../format/manifest.js';
import { restore } from '../restore/restore.js';
import { recordsOf } from '../restore/segment-records.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { continuationProblems } from './continuation.js';
import { repartition } from './repartition.js';

const rejected = {
  ...{ stream: 'count-0', commandId: 'refused', commandType: 'Count', fingerprint: 'f', metadata: { remember: true } },
  fold: { initialState: 0, evolve: () => 0, revision: '1' },
  decide: () => ({ rejection: { code: 'no', reason: 'because' } }),
};

describe('another number of partitions', () => {
  let recorded: RecordedTopic;
  let from: MemoryDisk;
  let before: Manifest;
  let to: MemoryDisk;

  beforeAll(async () => {
    recorded = new RecordedTopic('parcels.events', 3);
    await recorded.record(60);
    const store = await open(recorded.log);
    for (let i = 0; i < 30; i += 1) await count(store, `count-${i % 7}`, `command-${i}`);
    expect(await store.submit(rejected)).toMatchObject({ status: 'rejected', repeated: false });
    await store.close();
    from = new MemoryDisk();
    before = (await backUp({ logs: [recorded.log], disk: from, platform: recorded.platform, segmentBytes: 9_000 }))
      .manifest;
  });
  afterAll(() => recorded.close());

  beforeEach(() => {
    to = new MemoryDisk();
  });

  const open = (log: PartitionedLog): Promise<EventStore> =>
    EventStore.open({
      ...{ log, index: memoryStreamIndex(), platform: recorded.platform, source: 'specs' },
      onTrouble: (error) => {
        throw error;
      },
    });

  const count = (store: EventStore, stream: string, commandId: string): Promise<DecisionResult> => {
    const events = [{ type: 'Counted.v1', data: '{"n":1}' }];
    return store.submit({
      ...{
        stream,
        commandId,
        commandType: 'Count',
        fingerprint: fingerprintOf(recorded.platform, events),
        metadata: {},
      },
      fold: rejected.fold,
      decide: () => ({ events }),
    });
  };

  const run = (partitions: number, disk = to, source = from): Promise<Manifest> =>
    repartition({ from: source, to: disk, partitions, platform: recorded.platform, segmentBytes: 9_000 });

  const recordsIn = async (disk: MemoryDisk, { topics }: Manifest): Promise<LogRecord[][]> => {
    const partitions: LogRecord[][] = [];
    for (const { segments } of topics[0]?.partitions ?? []) {
      const records: LogRecord[] = [];
      for await (const { record } of recordsOf(disk, segments, 0)) records.push(record);
      partitions.push(records);
    }
    return partitions;
  };

  /** Each stream's records, without what the chain adds. */
  const streamsIn = async (disk: MemoryDisk, manifest: Manifest): Promise<ReadonlyMap<string, unknown[]>> => {
    const streams = new Map<string, unknown[]>();
    for (const { key, value, headers } of (await recordsIn(disk, manifest)).flat()) {
      const { prev: _, ...own } = headers;
      if (key !== '') streams.set(key, [...(streams.get(key) ?? []), { value, own }]);
    }
    return streams;
  };

  const problems = async (of = from, was = before): Promise<readonly string[]> => {
    const { manifest } = await verifyBackup({ disk: to, platform: recorded.platform });
    if (!manifest) throw new Error('there is no manifest');
    return continuationProblems(
      { disk: to, manifest },
      { of: { disk: of, manifest: was }, platform: recorded.platform },
    );
  };

  const restored = async (partitions: number, disk = to): Promise<MemoryTopic> => {
    const topic = new MemoryTopic({ topic: 'parcels.events', partitions });
    const openLog = (): Promise<PartitionedLog> => Promise.resolve(memoryLog(topic));
    await restore({ disk, platform: recorded.platform, topics: ['parcels.events'], openLog });
    return topic;
  };

  it.each([1, 2, 5, 16])('keeps every stream whole and in its order, in its own partition: %d', async (partitions) => {
    const manifest = await run(partitions);
    expect((await verifyBackup({ disk: to, platform: recorded.platform })).problems).toEqual([]);
    expect(await streamsIn(to, manifest)).toEqual(await streamsIn(from, before));
    for (const [partition, records] of (await recordsIn(to, manifest)).entries()) {
      for (const { key } of records) if (key !== '') expect(partitionOf(key, partitions)).toBe(partition);
      const times = records.map(({ headers }) => headers['ce_time'] ?? '');
      expect(times).toEqual([...times].sort());
      const commits = records.map(({ headers }) => `${headers['commandid']} ${headers['commit']}`);
      expect(commits.length).toBe(new Set(commits).size);
    }
    expect(await problems()).toEqual([]);
  });

  it('gives a log in which a command that is repeated is a repeat, and whatever was refused still is', async () => {
    await run(5);
    const store = await open(memoryLog(await restored(5)));
    expect(await count(store, 'count-3', 'command-3')).toMatchObject({ repeated: true, version: 1 });
    expect(await store.submit(rejected)).toMatchObject({
      repeated: true,
      rejection: { code: 'no', reason: 'because' },
    });
    expect(await count(store, 'count-3', 'new')).toMatchObject({ repeated: false, version: 5 });
    await store.close();
  });

  it('gives a log that is backed up further, and continues the old one still', async () => {
    await run(5);
    const topic = await restored(5);
    const store = await open(memoryLog(topic));
    await count(store, 'count-3', 'new');
    await store.close();
    const { added } = await backUp({ logs: [memoryLog(topic)], disk: to, platform: recorded.platform });
    expect(added).toBe(5 + 1);
    expect(await problems()).toEqual([]);
  });

  it('can be undone, and done again', async () => {
    const narrow = await run(1);
    const wide = new MemoryDisk();
    const again = await run(3, wide, to);
    expect(await streamsIn(wide, again)).toEqual(await streamsIn(to, narrow));
  });

  describe('is no continuation', () => {
    it('of a log that went on meanwhile', async () => {
      await run(2);
      const grown = new MemoryDisk();
      const other = new RecordedTopic(recorded.topic, 3, 6);
      await other.record(3);
      await other.close();
      const { manifest } = await backUp({ logs: [recorded.log], disk: grown, platform: recorded.platform });
      expect(await problems(grown, manifest)).toEqual([expect.stringContaining('something was recorded there since')]);
    });

    it('of another log, or of none', async () => {
      const other = new RecordedTopic('parcels.events', 2, 8);
      await other.record(3);
      const disk = new MemoryDisk();
      const { manifest } = await backUp({ logs: [other.log], disk, platform: other.platform });
      await other.close();
      await run(2);
      expect(await problems(disk, manifest)).toEqual([expect.stringContaining('and the other backup is of')]);
      to = disk;
      expect(await problems()).toEqual([expect.stringContaining('continues no log')]);
    });

    it('that holds less than the other log comes to, although it is sound', async () => {
      await run(2);
      to = await withoutLastFile(to);
      expect(await problems()).toEqual([expect.stringContaining('does not hold in partition 0')]);
    });
  });

  /** The backup up to the last file but one of partition 0. */
  const withoutLastFile = async (disk: MemoryDisk): Promise<MemoryDisk> => {
    const cut = new MemoryDisk(disk.files);
    const manifest = JSON.parse(String(await disk.read('manifest.json'))) as Manifest;
    const topics = manifest.topics.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((one) => {
        const segments = one.partition === 0 ? one.segments.slice(0, -1) : one.segments;
        const { last = 0, head = '', time = '' } = segments.at(-1) ?? {};
        return { ...one, ordinal: last, head, time, segments };
      }),
    }));
    cut.files.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, topics })));
    expect((await verifyBackup({ disk: cut, platform: recorded.platform })).problems).toEqual([]);
    return cut;
  };

  it('is begun again when it was killed at any write, and is no backup before', async () => {
    for (let killAt = 1; ; killAt += 1) {
      const dying = new MemoryDisk();
      dying.killAt = killAt;
      const outcome = await run(2, dying).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) break;
      const left = new MemoryDisk(dying.files);
      if (left.files.has('manifest.json')) continue;
      const manifest = await run(2, left);
      expect(await streamsIn(left, manifest)).toEqual(await streamsIn(from, before));
      expect((await verifyBackup({ disk: left, platform: recorded.platform })).problems).toEqual([]);
    }
  });

  it('is refused into a directory that holds something, and from a backup that is not sound', async () => {
    to.files.set('cat.jpg', Buffer.from('cat'));
    await expect(run(2)).rejects.toMatchObject({ code: 'backup-foreign' });
    to = new MemoryDisk();
    await run(2);
    await expect(run(2)).rejects.toMatchObject({ code: 'backup-foreign', message: expect.stringContaining('empty') });
    const damaged = new MemoryDisk(from.files);
    damaged.files.set(before.topics[0]?.partitions[0]?.segments[0]?.file ?? '', Buffer.from('x'));
    const empty = new MemoryDisk();
    await expect(run(2, empty, damaged)).rejects.toMatchObject({ code: 'backup-unusable' });
    expect(empty.files.size).toBe(0);
  });
});
