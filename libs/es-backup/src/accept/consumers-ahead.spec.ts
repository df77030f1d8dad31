import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PartitionedLog, ReaderState, ReadModelStore, StreamIndex } from '@ledgerline/es-core/adapter';
import { beforeGenesis, ChainReader, DEADLINES_NOTE, verifyChain } from '@ledgerline/es-core/runtime';
import {
  memoryLog,
  memoryReactorProgress,
  memoryReadModelStore,
  memoryStreamIndex,
  MemoryTopic,
} from '@ledgerline/es-testing';
import { backUp } from '../backup/back-up.js';
import { MemoryDisk } from '../fixtures/memory-disk.js';
import { RecordedTopic } from '../fixtures/recorded-topic.js';
import { restore } from '../restore/restore.js';
import { indexConsumer, reactorsConsumer, readModelConsumers } from './consumers.js';
import { consumersAhead } from './consumers-ahead.js';

const PAGES = 'parcel-page-r1-g1';
const KEY = 'parcels.events/0';

describe('what is ahead of a log that was restored', () => {
  let recorded: RecordedTopic;
  let store: ReadModelStore;
  let index: StreamIndex;
  let progress: ReturnType<typeof memoryReactorProgress>;
  let atBackup: ReaderState;
  let behind: ReaderState;
  let restored: PartitionedLog;

  beforeEach(async () => {
    recorded = new RecordedTopic();
    await recorded.record(20);
    atBackup = await headOf(recorded);
    const disk = new MemoryDisk();
    await backUp({ logs: [recorded.log], disk, platform: recorded.platform });
    await recorded.record(20);
    behind = await headOf(recorded);
    const topic = new MemoryTopic({ topic: 'parcels.events', partitions: 2 });
    const openLog = (): Promise<PartitionedLog> => Promise.resolve(memoryLog(topic));
    await restore({ disk, platform: recorded.platform, topics: ['parcels.events'], openLog });
    restored = memoryLog(topic);
    [store, index, progress] = [memoryReadModelStore(), memoryStreamIndex(), memoryReactorProgress()];
    await store.ensure({ name: PAGES, indexes: [] });
  });
  afterEach(() => recorded.close());

  const headOf = async ({ log, platform }: RecordedTopic): Promise<ReaderState> => {
    const state = beforeGenesis(await verifyChain(log, platform));
    const reader = new ChainReader({ log, partition: 0, platform, state, follow: false });
    while (await reader.next());
    return reader.state;
  };

  const ahead = async () => {
    const own = { service: 'parcel-service', topic: 'parcels.events', partitions: 2 };
    const consumers = [
      ...(await readModelConsumers(store)),
      indexConsumer({ ...own, index, reactsTo: ['parcels.events', 'stamps.events'] }),
      reactorsConsumer('parcel-service', progress),
    ];
    return await consumersAhead(consumers, { logs: [restored], platform: recorded.platform });
  };

  const named = async (): Promise<unknown> =>
    (await ahead()).map(({ consumer, positions }) => [consumer.name, positions]);

  const fold = (readerState: ReaderState): Promise<void> =>
    index.write({ partition: 0, readerState, events: [], results: [], snapshots: [] });

  const haveApplied = async (ordinal: number): Promise<void> => {
    await store.write(PAGES, [{ id: 'a', document: undefined, positions: { [KEY]: ordinal }, expectedRevision: 0 }]);
  };

  it('is nothing that has read no further than the backup, although the offsets are others', async () => {
    await store.saveCheckpoint(PAGES, KEY, atBackup);
    await haveApplied(atBackup.ordinal);
    await fold(atBackup);
    await progress.save({ [KEY]: atBackup });
    await index.writeNote(DEADLINES_NOTE, JSON.stringify({ states: [atBackup, null], open: [] }));
    expect(await named()).toEqual([]);
  });

  it('is a read model whose checkpoint is ahead: it is dropped, and nothing else', async () => {
    await store.ensure({ name: 'other-r1-g1', indexes: [] });
    await store.saveCheckpoint(PAGES, KEY, behind);
    await fold(atBackup);
    const found = await ahead();
    expect(found.map(({ consumer, positions }) => [consumer.name, positions])).toEqual([
      [`the read model ${PAGES}`, [`${KEY}@${behind.ordinal}`]],
    ]);
    for (const { consumer } of found) await consumer.drop();
    expect([await store.collections(), index.readerState(0), await named()]).toEqual([['other-r1-g1'], atBackup, []]);
  });

  it('is a read model of which only a document is ahead, be it a tombstone', async () => {
    await store.saveCheckpoint(PAGES, KEY, atBackup);
    await haveApplied(behind.ordinal);
    expect(await named()).toMatchObject([[`the read model ${PAGES}`, [`${KEY}@${behind.ordinal}`]]]);
  });

  it('is no read model that has come to the new incarnation and gone on in it', async () => {
    const reader = new ChainReader({
      ...{ log: restored, partition: 0, platform: recorded.platform, state: atBackup, follow: false },
    });
    while (await reader.next());
    await store.saveCheckpoint(PAGES, KEY, reader.state);
    await haveApplied(reader.state.ordinal + 5);
    expect(await named()).toEqual([]);
  });

  it('is an index that is ahead, or in which a reactor or the reader of deadlines is: it is cleared with all its notes', async () => {
    const name = 'the index of the parcel-service';
    const cases: readonly (() => Promise<void>)[] = [
      () => fold(behind),
      () => index.writeNote('reactor/parcel-service/parcels.events', JSON.stringify({ [KEY]: behind })),
      () => index.writeNote(DEADLINES_NOTE, JSON.stringify({ states: [behind] })),
    ];
    for (const make of cases) {
      await fold(atBackup);
      await make();
      const [found, ...more] = await ahead();
      expect([found?.consumer.name, more]).toEqual([name, []]);
      await found?.consumer.drop();
      expect([index.readerState(0), index.note(DEADLINES_NOTE), await named()]).toEqual([undefined, undefined, []]);
    }
  });

  it('is the progress of reactors that is ahead: it is forgotten', async () => {
    await progress.save({ [KEY]: behind });
    const [found, ...more] = await ahead();
    expect([found?.consumer.name, more]).toEqual(['the progress of the reactors of the parcel-service', []]);
    await found?.consumer.drop();
    expect([await progress.load(), await named()]).toEqual([{}, []]);
  });

  it('is the progress of reactors of which one alone is ahead', async () => {
    await progress.save({ [KEY]: { ...atBackup, reactors: { slow: atBackup, quick: behind } } });
    expect(await named()).toEqual([
      ['the progress of the reactors of the parcel-service', [`${KEY}@${behind.ordinal}`]],
    ]);
  });

  it('is what was made from another log of the same name', async () => {
    await store.saveCheckpoint(PAGES, KEY, { ...atBackup, logId: 'another' });
    expect(await named()).toMatchObject([[`the read model ${PAGES}`, [`${KEY}@${atBackup.ordinal}`]]]);
  });
});
