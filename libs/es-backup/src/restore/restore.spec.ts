import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import { type LogRecord, type PartitionedLog, provisionChain, type StoredRecord } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { memoryLog, MemoryTopic } from '@ledgerline/es-testing';
import { backUp } from '../backup/back-up.js';
import { MemoryDisk } from '../fixtures/memory-disk.js';
import { headsOf, RecordedTopic } from '../fixtures/recorded-topic.js';
import type { Manifest } from '../format/manifest.js';
import { verifyBackup } from '../verify/verify-backup.js';
import { restore } from './restore.js';

const TOPICS = ['parcels.events', 'stamps.events'];

describe('restoring a backup', () => {
  let parcels: RecordedTopic;
  let stamps: RecordedTopic;
  let manifest: Manifest;
  let disk: MemoryDisk;
  let targets: Map<string, MemoryTopic>;

  beforeAll(async () => {
    parcels = new RecordedTopic();
    stamps = new RecordedTopic('stamps.events', 1, 7);
    await parcels.record(40);
    await stamps.record(10);
    disk = new MemoryDisk();
    const logs = [parcels.log, stamps.log];
    ({ manifest } = await backUp({ logs, disk, platform: parcels.platform, segmentBytes: 5_000 }));
  });
  afterAll(async () => {
    await parcels.close();
    await stamps.close();
  });

  beforeEach(() => {
    targets = new Map([
      ['parcels.events', new MemoryTopic({ topic: 'parcels.events', partitions: 2 })],
      ['stamps.events', new MemoryTopic({ topic: 'stamps.events', partitions: 1 })],
    ]);
  });

  const target = (name = 'parcels.events'): MemoryTopic => {
    const found = targets.get(name);
    if (!found) throw new Error(`there is no ${name}`);
    return found;
  };

  const madeWhereMissing = (topic: string, partitions: number): MemoryTopic => {
    if (!targets.has(topic)) targets.set(topic, new MemoryTopic({ topic, partitions }));
    return target(topic);
  };

  const run = (change: (log: PartitionedLog) => PartitionedLog = (log) => log, from = disk) =>
    restore({
      ...{ disk: from, platform: { ...parcels.platform, setTimer: atOnce }, topics: TOPICS },
      openLog: (name, partitions) => Promise.resolve(change(memoryLog(madeWhereMissing(name, partitions)))),
    });

  const recordsIn = (topic: MemoryTopic, partition: number): readonly StoredRecord[] =>
    topic.slice(partition, 0, topic.bounds(partition).end);

  /** What counted in the source, without its noise. */
  const sameRecords = (name: string, source: RecordedTopic): void => {
    const heads = manifest.topics.find(({ topic }) => topic === name)?.partitions ?? [];
    for (const { partition, ordinal } of heads) {
      const restored = recordsIn(target(name), partition).filter(({ headers }) => headers['kind'] !== 'restoration');
      const originals = new Map(recordsIn(source.topic, partition).map((one) => [one.headers['ce_id'], one]));
      for (const { key, value, headers } of restored.slice(0, ordinal))
        expect({ key, value, headers }).toEqual(withoutOffset(originals.get(headers['ce_id'])));
    }
  };

  const isWhole = async (): Promise<void> => {
    for (const [name, source] of [
      ['parcels.events', parcels],
      ['stamps.events', stamps],
    ] as const) {
      const log = memoryLog(target(name));
      expect(await verifyChain(log, parcels.platform)).toBe(await verifyChain(source.log, parcels.platform));
      const entries = manifest.topics.find(({ topic }) => topic === name)?.partitions ?? [];
      const found = await headsOf(log, parcels.platform);
      // One more: the record with which the new incarnation begins.
      expect(found.map(({ ordinal }) => ordinal - 1)).toEqual(entries.map(({ ordinal }) => ordinal));
      for (const { partition, head } of entries)
        expect(recordsIn(target(name), partition).at(-1)?.headers).toMatchObject({ ce_type: 'Restored', prev: head });
    }
  };

  it('gives the same log: the same records, hashes and ordinals, and the beginning of a new incarnation behind them', async () => {
    const { incarnations, resumed } = await run();
    expect(resumed).toBe(false);
    expect(incarnations.map(({ topic }) => topic)).toEqual(TOPICS);
    await isWhole();
    sameRecords('parcels.events', parcels);
    sameRecords('stamps.events', stamps);
  });

  it('gives a log that is recorded in, backed up and restored again', async () => {
    await run();
    const again = new RecordedTopic(target(), 2, 99);
    await again.record(10);
    const second = new MemoryDisk();
    await backUp({ logs: [again.log], disk: second, platform: again.platform });
    const heads = await again.heads();
    await again.close();
    targets.set('parcels.events', new MemoryTopic({ topic: 'parcels.events', partitions: 2 }));
    await run(undefined, second);
    expect((await headsOf(memoryLog(target()), parcels.platform)).map(({ ordinal }) => ordinal - 1)).toEqual(
      heads.map(({ ordinal }) => ordinal),
    );
    expect((await verifyBackup({ disk: second, platform: parcels.platform })).problems).toEqual([]);
  });

  it('to another incarnation than the last time from the same backup', async () => {
    const first = (await run()).incarnations;
    targets.set('parcels.events', new MemoryTopic({ topic: 'parcels.events', partitions: 2 }));
    targets.set('stamps.events', new MemoryTopic({ topic: 'stamps.events', partitions: 1 }));
    expect((await run()).incarnations).not.toEqual(first);
  });

  describe('that is killed', () => {
    /** Dies at its k-th append, of which the answer is lost, or which is lost itself. */
    const dying = (killAt: number, isStored: boolean) => {
      let appends = 0;
      return (log: PartitionedLog): PartitionedLog => {
        const append = log.append.bind(log);
        return Object.assign(log, {
          append: async (partition: number, records: readonly LogRecord[]) => {
            appends += 1;
            if (appends === killAt && isStored) await append(partition, records);
            if (appends >= killAt) throw new Error('killed');
            return append(partition, records);
          },
        });
      };
    };

    it.each([true, false])(
      'at any append is not a log until it was finished (the append was stored: %p)',
      async (isStored) => {
        for (let killAt = 1; ; killAt += 1) {
          targets.forEach((topic) => Array.from({ length: topic.partitions }, (_, p) => topic.loseTail(p, 0)));
          const outcome = await run(dying(killAt, isStored)).catch((error: unknown) => error);
          if (!(outcome instanceof Error)) break;
          for (const name of TOPICS) {
            const log = memoryLog(target(name));
            const before = target(name).bounds(0).end;
            const opened = await provisionOrRefuse(log);
            // Nobody takes a half for a whole, or begins a log of his own in it.
            if (before > 0 && opened === 'refused') expect(target(name).bounds(0).end).toBe(before);
            if (opened === 'provisioned') targets.set(name, emptyAgain(target(name)));
          }
          const wasBegun = target().bounds(0).end > 0;
          // Killed after its very last append there is nothing left to do.
          const isDone =
            (await verifyChain(memoryLog(target('stamps.events')), parcels.platform).catch(() => '')) !== '';
          if (isDone) await expect(run()).rejects.toMatchObject({ code: 'log-not-empty' });
          else expect((await run()).resumed).toBe(wasBegun);
          await isWhole();
        }
      },
    );

    const provisionOrRefuse = async (log: PartitionedLog): Promise<'whole' | 'refused' | 'provisioned'> => {
      const isEmpty = (await log.bounds(0)).end === 0;
      try {
        await provisionChain(log, parcels.platform);
        return isEmpty ? 'provisioned' : 'whole';
      } catch (error) {
        expect(error).toMatchObject({
          code: 'log-misconfigured',
          message: expect.stringContaining('run the same `es restore` again'),
        });
        return 'refused';
      }
    };

    const emptyAgain = ({ topic, partitions }: MemoryTopic): MemoryTopic => new MemoryTopic({ topic, partitions });
  });

  it('goes on where the log was away, or answers were lost, and stores nothing twice that counts', async () => {
    let calls = 0;
    await run((log) => {
      const append = log.append.bind(log);
      return Object.assign(log, {
        append: async (partition: number, records: readonly LogRecord[]) => {
          calls += 1;
          if (calls % 3 === 1) throw new LogUnavailable('it is away');
          const answer = await append(partition, records);
          if (calls % 3 === 2) throw new LogUnavailable('the answer was lost');
          return answer;
        },
      });
    });
    await isWhole();
  });

  describe('is refused, and nothing is written,', () => {
    const refused = async (code: string, message: string, from = disk): Promise<void> => {
      const ends = (): unknown =>
        TOPICS.map((name) => Array.from({ length: target(name).partitions }, (_, p) => target(name).bounds(p)));
      const before = ends();
      await expect(run(undefined, from)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
        retriable: false,
      });
      expect(ends()).toEqual(before);
    };

    it('into a log that is in use', async () => {
      await provisionChain(memoryLog(target('stamps.events')), parcels.platform);
      await refused('log-not-empty', 'stamps.events is not empty');
    });

    it('into a log with a record of somebody in any partition', async () => {
      target().append(1, [{ key: 'x', value: '', headers: {} }]);
      await refused('log-not-empty', 'parcels.events is not empty');
    });

    it('a second time', async () => {
      await run();
      await refused('log-not-empty', 'was restored from this backup before');
    });

    it('into what was restored from another backup', async () => {
      const other = new MemoryDisk();
      const growing = new RecordedTopic(parcels.topic, 2, 5);
      await backUp({ logs: [parcels.log, stamps.log], disk: other, platform: parcels.platform });
      await growing.record(1);
      await growing.close();
      await backUp({ logs: [parcels.log, stamps.log], disk: other, platform: parcels.platform });
      await run();
      await refused('log-not-empty', 'restored from another backup', other);
    });

    it('into a topic with another number of partitions', async () => {
      targets.set('parcels.events', new MemoryTopic({ topic: 'parcels.events', partitions: 3 }));
      await refused('restore-mismatch', 'has 2 partitions, the topic 3: delete it, and the restore makes it');
    });

    it('into a log that does not take its largest commit', async () => {
      targets.set('parcels.events', new MemoryTopic({ topic: 'parcels.events', partitions: 2, maxBatchBytes: 1_000 }));
      await refused('restore-mismatch', 'the log takes 1000 at once');
    });

    it('from a backup that is damaged anywhere', async () => {
      const damaged = new MemoryDisk(disk.files);
      const file = manifest.topics[1]?.partitions[0]?.segments.at(-1)?.file ?? '';
      damaged.files.set(file, Buffer.from('x'));
      await refused('backup-unusable', file, damaged);
      await refused('backup-unusable', 'manifest.json', new MemoryDisk());
    });

    it('with a topic that there is not here', async () => {
      const other = new RecordedTopic('jars.events', 1, 3);
      await other.record(1);
      const another = new MemoryDisk();
      await backUp({ logs: [other.log], disk: another, platform: other.platform });
      await refused('restore-mismatch', 'jars.events, which is no topic here', another);
      await other.close();
    });
  });
});

const withoutOffset = (record: StoredRecord | undefined): LogRecord | undefined =>
  record && { key: record.key, value: record.value, headers: record.headers };

const atOnce = (_: number, run: () => void): (() => void) => {
  const timer = setImmediate(run);
  return () => clearImmediate(timer);
};
