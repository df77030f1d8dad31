import type { LogReader } from '@ledgerline/es-core/adapter';
import { describeWithBroker } from '@ledgerline/local-servers';
import { connection } from '../fixtures/brokers.js';
import { Workbench } from '../fixtures/workbench.js';

const record = (value: string) => ({ key: 'k', value, headers: {} });

/** Reads on until it has seen so many records; their values. */
const values = async (reader: LogReader, count: number): Promise<string[]> => {
  const seen: string[] = [];
  while (seen.length < count) {
    const chunk = await reader.next();
    if (!chunk) throw new Error(`the pass ended after ${seen.length} records`);
    seen.push(...chunk.records.map(({ value }) => value));
  }
  return seen;
};

describeWithBroker('passes that follow a log on Kafka', () => {
  let bench: Workbench;
  afterEach(() => bench.close());

  it('need no more connections for forty partitions than for a few', async () => {
    // At each broker one to read, one for all that wait at the end, one to ask who leads, up to four to append.
    const most = 7 * connection.brokers.length;
    for (const partitions of [4, 40]) {
      bench = new Workbench({ partitions });
      await bench.createTopic();
      const { log, proxy } = await bench.openLogBehindProxy();
      const readers = Array.from({ length: partitions }, (_, p) => log.read(p, { from: 0, follow: true }));
      const seen = readers.map((reader) => values(reader, 1));
      for (let partition = 0; partition < partitions; partition += 1) await log.append(partition, [record('a')]);
      expect(await Promise.all(seen)).toEqual(readers.map(() => ['a']));
      expect(proxy.connections).toBeLessThanOrEqual(most);
      await bench.close();
    }
  });

  it('do not wait for one that takes nothing, which misses nothing either', async () => {
    bench = new Workbench({ partitions: 1 });
    await bench.createTopic();
    const log = await bench.openLog();
    const [slow, quick] = [0, 1].map(() => log.read(0, { from: 0, follow: true })) as [LogReader, LogReader];
    await log.append(0, [record('0')]);
    expect(await Promise.all([values(slow, 1), values(quick, 1)])).toEqual([['0'], ['0']]);
    const expected: string[] = [];
    for (let i = 1; i <= 50; i += 1) {
      await log.append(0, [record(`${i}`)]);
      expected.push(`${i}`);
      expect(await values(quick, 1)).toEqual([`${i}`]);
    }
    expect(await values(slow, 50)).toEqual(expected);
    await log.append(0, [record('last')]);
    expect(await Promise.all([values(slow, 1), values(quick, 1)])).toEqual([['last'], ['last']]);
  });
});
