import { EventStore } from '@ledgerline/es-core';
import { type LogRecord, type PartitionedLog, provisionChain, type StoredRecord } from '@ledgerline/es-core/adapter';
import { memoryLog, memoryStreamIndex, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { type PartitionVerdict, verifyPartition } from './verify-partition.js';

const platform = testPlatform({ seed: 3, startAt: '2026-01-01T00:00:00.000Z' });

/** The records of a partition that a writer made: genesis and five events. */
const written = async (): Promise<readonly StoredRecord[]> => {
  const topic = new MemoryTopic({ partitions: 1 });
  await provisionChain(memoryLog(topic), platform);
  const onTrouble = (error: unknown): void => {
    throw error;
  };
  const store = await EventStore.open({
    ...{ log: memoryLog(topic), index: memoryStreamIndex(), platform, source: 'spec', onTrouble },
  });
  for (let version = 0; version < 5; version += 1)
    await store.append('order-1', version, [{ type: 'Noted.v1', data: `{"n":${version}}` }]);
  await store.close();
  return topic.slice(0, 0, topic.bounds(0).end);
};

const logOf = (records: readonly LogRecord[]): PartitionedLog => {
  const topic = new MemoryTopic({ partitions: 1 });
  topic.append(0, records);
  return memoryLog(topic);
};

const verdictOn = async (records: readonly LogRecord[], logId: string): Promise<PartitionVerdict> =>
  await verifyPartition({ log: logOf(records), logId, partition: 0, platform, clockLimitMs: 60_000 });

const logIdIn = (records: readonly LogRecord[]): string =>
  (JSON.parse(records[0]?.value ?? '') as { logId: string }).logId;

describe('the verdict on a partition', () => {
  let records: readonly StoredRecord[];
  const verdict = (changed: readonly LogRecord[]): Promise<PartitionVerdict> => verdictOn(changed, logIdIn(records));

  beforeEach(async () => {
    records = await written();
  });

  it('is fine for what a writer wrote', async () => {
    expect(await verdict(records)).toMatchObject({
      records: 6,
      counted: 6,
      refused: 0,
      head: expect.any(String) as string,
    });
    expect((await verdict(records)).brokenAt).toBeUndefined();
  });

  it('is fine where a writer lost a race, with a whole batch, or sent one twice', async () => {
    const other = { ...(records[3] as LogRecord), value: '{"n":"other"}' };
    const noisy = [...records.slice(0, 4), other, ...records.slice(2, 4), ...records.slice(4)];
    const found = await verdict(noisy);
    expect(found).toMatchObject({ records: 9, counted: 6, refused: 3, head: (await verdict(records)).head });
    expect(found.brokenAt).toBeUndefined();
  });

  it('is fine where somebody else wrote something', async () => {
    const foreign = { key: 'x', value: 'y', headers: {} };
    const found = await verdict([...records.slice(0, 2), foreign, ...records.slice(2)]);
    expect(found).toMatchObject({ counted: 6, refused: 1 });
    expect(found.brokenAt).toBeUndefined();
  });

  it('names what has a time ahead of when it was stored, though nothing was changed', async () => {
    const stored = records.map((one) => ({ ...one, appendedAt: platform.now() - (one.offset >= 2 ? 90_000 : 0) }));
    const log = logOf(records);
    log.read = () => {
      const chunks = [{ records: stored, nextOffset: stored.length }];
      return { next: () => Promise.resolve(chunks.shift()), close: () => Promise.resolve() };
    };
    const found = await verifyPartition({
      ...{ log, logId: logIdIn(records), partition: 0, platform, clockLimitMs: 60_000 },
    });
    const time = '2026-01-01T00:00:00.000Z';
    const ahead = { count: 4, position: 'test.events/0@3', offset: 2, lastOffset: 5, time, mostMs: 90_000 };
    expect(found).toMatchObject({ counted: 6, ahead });
    expect(found.brokenAt).toBeUndefined();
    expect((await verdict(records)).ahead).toBeUndefined();
  });

  it('holds times against now where the log does not say when it stored what it holds', async () => {
    const before = { ...platform, now: () => platform.now() - 3_600_000 };
    const found = await verifyPartition({
      ...{ log: logOf(records), logId: logIdIn(records), partition: 0, platform: before, clockLimitMs: 60_000 },
    });
    expect(found.ahead).toMatchObject({ count: 6, position: 'test.events/0@1', mostMs: 3_600_000 });
  });

  it.each([0, 1, 2, 3, 4])('says that record %d was edited', async (offset) => {
    const edited = records.map((one) =>
      one.offset === offset ? { ...one, headers: { ...one.headers, actor: 'x' } } : one,
    );
    expect(await verdict(edited)).toMatchObject({ brokenAt: offset + 1 });
  });

  it.each([1, 2, 3, 4])('says that record %d was removed', async (offset) => {
    expect(await verdict(records.filter((one) => one.offset !== offset))).toMatchObject({ brokenAt: offset });
  });

  it('says that two records changed places', async () => {
    const [first, a, b, ...rest] = records as readonly [StoredRecord, StoredRecord, StoredRecord, ...StoredRecord[]];
    expect((await verdict([first, b, a, ...rest])).brokenAt).toBeDefined();
  });
});
