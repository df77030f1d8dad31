import type { LogRecord, PartitionedLog, StoredRecord } from '@ledgerline/es-core/adapter';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import fc from 'fast-check';
import { connection } from './fixtures/brokers.js';
import { commandsIn, count } from './fixtures/counting.js';
import { oddBatch, sealed } from './fixtures/odd-batches.js';
import { Workbench } from './fixtures/workbench.js';
import { BATCH_OVERHEAD } from './record-batch/batch-header.js';
import { encodeBatch } from './record-batch/encode-batch.js';
import { Cluster } from './wire/cluster.js';
import { produceByName } from './wire/produce.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const BATCHES = 400;
const TIMEOUT_MS = 5_000;

const record = (value: string): LogRecord => ({ key: 'k', value, headers: {} });

/** Two records, of which the second says that it is the first. */
const wrongOffsets = (): Buffer => {
  const batch = encodeBatch([record('a'), record('b')], Date.now());
  const second = BATCH_OVERHEAD + 1 + ((batch[BATCH_OVERHEAD] ?? 0) >> 1);
  batch[second + 3] = 0;
  return sealed(batch);
};

/** Each record, or those that it stands for, as a line. */
const linesOf = (records: readonly StoredRecord[]): string[] =>
  records.map(({ offset, value, unreadable }) => `${offset} ${unreadable === undefined ? value : `x ${unreadable}`}`);

describeWithBroker(`batches of somebody else that do not decode (seed ${seed})`, () => {
  let bench: Workbench;
  let cluster: Cluster;

  beforeEach(async () => {
    bench = new Workbench({ partitions: 1 });
    await bench.createTopic();
    cluster = bench.add(new Cluster(bench.topic, connection));
  });
  afterEach(() => bench.close());

  /** True when the broker took it. */
  const send = async (batch: Buffer): Promise<boolean> => {
    const route = await cluster.route(0, 'somebody');
    const request = { topic: bench.topic, topicId: route.topicId, partition: 0, batch, timeoutMs: TIMEOUT_MS };
    return (await route.connection.send(produceByName(request))).errorCode === 0;
  };

  const read = async (log: PartitionedLog, from: number, follow: boolean): Promise<string[]> => {
    const { end } = await log.bounds(0);
    const pass = log.read(0, { from, follow, maxRecords: 7 });
    const records: StoredRecord[] = [];
    for (let nextOffset = from; nextOffset < end;) {
      const chunk = await pass.next();
      if (!chunk) throw new Error(`the pass ended at ${nextOffset}`);
      records.push(...chunk.records);
      ({ nextOffset } = chunk);
    }
    await pass.close();
    return linesOf(records);
  };

  it('are as many unreadable records to every reader', async () => {
    const log = await bench.openLog();
    const waiting = log.read(0, { from: 0, follow: true });
    await log.append(0, [record('first')]);
    expect((await waiting.next())?.nextOffset).toBe(1);
    expect(await send(wrongOffsets())).toBe(true);
    expect(await waiting.next()).toMatchObject({ records: [{ offset: 1, unreadable: 2 }], nextOffset: 3 });
    await log.append(0, [record('last')]);
    for (const follow of [true, false]) expect(await read(log, 0, follow)).toEqual(['0 first', '1 x 2', '3 last']);
  });

  it('stop no writer and no instance that looks on; each record of them is counted as refused', async () => {
    const { store } = await bench.openStore(await bench.openLog());
    const { store: other } = await bench.openStore(await bench.openLog(), false);
    await count(store, 'count-1', 'c1');
    // What the two appended to ask for the time may have met.
    const { refused = 0 } = store.statistics()[0] ?? {};
    expect(await send(wrongOffsets())).toBe(true);
    await count(store, 'count-1', 'c2');
    expect(store.statistics()[0]).toMatchObject({ refused: refused + 2 });
    expect(await send(wrongOffsets())).toBe(true);
    await count(other, 'count-1', 'c3');
    await eventually(() => expect(other.version('count-1')).toBe(3));
    const { store: late } = await bench.openStore(await bench.openLog());
    expect(late.version('count-1')).toBe(3);
    await count(store, 'count-1', 'c4');
    expect(commandsIn(await bench.counted())).toEqual(['c1', 'c2', 'c3', 'c4']);
  });

  it('are read past by all in the same way, whatever the broker takes', async () => {
    const log = await bench.openLog();
    let taken = 0;
    for (const batch of fc.sample(oddBatch, { seed, numRuns: BATCHES })) {
      taken += (await send(batch)) ? 1 : 0;
      if (taken % 10 === 0) await log.append(0, [record(`ours ${taken}`)]);
    }
    await log.append(0, [record('last')]);
    const bounded = await read(log, 0, false);
    expect(bounded.at(-1)).toMatch(/^\d+ last$/);
    expect(bounded.filter((line) => line.includes(' x ')).length).toBeGreaterThan(5);
    expect(await read(log, 0, true)).toEqual(bounded);
    for (const from of bounded.map((line) => Number(line.split(' ')[0])))
      expect(await read(log, from, false)).toEqual(
        bounded.slice(bounded.findIndex((line) => line.startsWith(`${from} `))),
      );
  });
});
