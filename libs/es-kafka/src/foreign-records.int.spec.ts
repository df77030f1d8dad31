import type { PartitionedLog, StoredRecord } from '@ledgerline/es-core/adapter';
import { CompressionTypes, type Message, type Producer } from 'kafkajs';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { makeTopic, withProducer } from './fixtures/admin.js';
import { brokenStreams, commandsIn, count } from './fixtures/counting.js';
import { Workbench } from './fixtures/workbench.js';

const foreign: readonly Message[] = [
  { value: 'without a key or a header', partition: 0 },
  { key: 'k', value: null, partition: 0 },
  { key: 'k', value: 'v', headers: { kind: 'event', ce_type: 'Foreign.v1' }, partition: 0 },
  { key: Buffer.from([0xff, 0xfe]), value: Buffer.from([0x00, 0xff]), headers: { a: ['1', '2'] }, partition: 0 },
];

const readAll = async (log: PartitionedLog, from = 0) => {
  const pass = log.read(0, { from, follow: false });
  const records: StoredRecord[] = [];
  let nextOffset = from;
  for (let chunk = await pass.next(); chunk; chunk = await pass.next()) {
    records.push(...chunk.records);
    ({ nextOffset } = chunk);
  }
  return { records, nextOffset };
};

/** Two records: one of somebody, and the end of its transaction, which comes a while after it was asked for. */
const inTransaction = async (log: PartitionedLog, end: 'commit' | 'abort'): Promise<void> => {
  const { topic } = log;
  const before = await log.bounds(0);
  await withProducer(
    async (producer) => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ key: 'k', value: `to ${end}`, partition: 0 }] });
      await transaction[end]();
    },
    { transactionalId: `${topic}-${end}`, idempotent: true, maxInFlightRequests: 1 },
  );
  await eventually(async () => expect((await log.bounds(0)).end).toBe(before.end + 2));
};

describeWithBroker('records of somebody else', () => {
  let bench: Workbench;
  const send = (messages: readonly Message[], compression = CompressionTypes.None): Promise<unknown> =>
    withProducer((producer: Producer) => producer.send({ topic: bench.topic, messages: [...messages], compression }));

  beforeEach(() => {
    bench = new Workbench({ partitions: 1 });
  });
  afterEach(() => bench.close());

  it('are read as what they say, as far as text can say it', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    await send(foreign);
    const { records, nextOffset } = await readAll(log);
    expect(nextOffset).toBe(4);
    expect(records.slice(0, 3)).toMatchObject([
      { offset: 0, key: '', value: 'without a key or a header', headers: {} },
      { offset: 1, key: 'k', value: '', headers: {} },
      { offset: 2, key: 'k', value: 'v', headers: { kind: 'event', ce_type: 'Foreign.v1' } },
    ]);
    expect(records[3]).toMatchObject({ offset: 3, headers: { a: '2' } });
  });

  it('are stored uncompressed by a topic that we made, however they were sent', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    await send(foreign, CompressionTypes.GZIP);
    expect((await readAll(log)).records[2]).toMatchObject({ offset: 2, value: 'v' });
  });

  it('are noise where a topic keeps them compressed', async () => {
    await makeTopic({ topic: bench.topic, config: { 'compression.type': 'producer' } });
    const log = await bench.openLog();
    await send(foreign, CompressionTypes.GZIP);
    await log.append(0, [{ key: 'ours', value: 'v', headers: {} }]);
    const { records } = await readAll(log);
    expect(records.map(({ offset, key }) => [offset, key])).toEqual([
      [0, ''],
      [4, 'ours'],
    ]);
    expect(records[0]).toMatchObject({ unreadable: 4 });
  });

  it('in transactions are read whether committed or not, and what ends them is stepped over', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    const ours = (value: string) => log.append(0, [{ key: 'ours', value, headers: {} }]);
    await ours('a');
    await inTransaction(log, 'commit');
    expect(await ours('b')).toMatchObject({ firstOffset: 3 });
    await inTransaction(log, 'abort');
    expect(await log.bounds(0)).toEqual({ start: 0, end: 6 });
    const { records, nextOffset } = await readAll(log);
    expect(records.map(({ offset, value }) => [offset, value])).toEqual([
      [0, 'a'],
      [1, 'to commit'],
      [3, 'b'],
      [4, 'to abort'],
    ]);
    expect(nextOffset).toBe(6);
    expect(await readAll(log, 5)).toEqual({ records: [], nextOffset: 6 });
  });

  it('in transactions are stepped over by a pass that waits for more', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    const pass = log.read(0, { from: 0, follow: true });
    const seen: number[] = [];
    let nextOffset = 0;
    const until = async (offset: number): Promise<void> => {
      while (nextOffset < offset) {
        const chunk = await pass.next();
        if (!chunk) throw new Error('the pass ended');
        seen.push(...chunk.records.map((record) => record.offset));
        ({ nextOffset } = chunk);
      }
    };
    await inTransaction(log, 'commit');
    await until(2);
    await log.append(0, [{ key: 'ours', value: 'a', headers: {} }]);
    await until(3);
    expect(seen).toEqual([0, 2]);
    await pass.close();
  });

  it('and the ends of their transactions do not disturb what counts', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    const { store } = await bench.openStore(log);
    const disturbances = [
      () => send(foreign),
      () => send(foreign, CompressionTypes.GZIP),
      () => inTransaction(log, 'commit'),
      () => inTransaction(log, 'abort'),
    ];
    const sent: string[] = [];
    for (const [i, disturb] of disturbances.entries()) {
      for (const id of [`${i}a`, `${i}b`]) await count(store, 'count-1', id).then(() => sent.push(id));
      await disturb();
    }
    await count(store, 'count-1', 'last').then(() => sent.push('last'));
    const commits = await bench.counted();
    expect(commandsIn(commits)).toEqual(sent);
    expect(brokenStreams(commits)).toEqual([]);
    expect(store.version('count-1')).toBe(sent.length);
  });
});
