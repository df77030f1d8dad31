import { EventStore } from '@ledgerline/es-core';
import type { LogRecord, PartitionedLog } from '@ledgerline/es-core/adapter';
import type { StreamFold } from '@ledgerline/es-core/runtime';
import { nodePlatform } from '@ledgerline/es-embedded';
import type { KafkaConnection } from '@ledgerline/es-kafka';
import { memoryStreamIndex } from '@ledgerline/es-testing';
import { inDirectory, measure, type Measured, middle, type Result, resultOf } from '../measure.js';
import { addItem, catalogue, openStoreOn } from '../workload.js';
import { newLog, onKafka, PARTITIONS } from './on-kafka.js';
import { rawBatches, rawSingles } from './raw-kafka.js';

interface Load {
  readonly inFlight: number;
  readonly count: number;
}

const LOADS: readonly Load[] = [
  { inFlight: 1, count: 500 },
  { inFlight: 64, count: 15_000 },
  { inFlight: 512, count: 20_000 },
];
const ROUNDS = 3;

/**
 * The writer alone (decided already, an index in memory) and the whole command path (zod, fold, decide, index), beside raw
 * kafkajs that sends the same records: one by one where one is in flight, and else in batches of a hundred.
 */
export const kafkaAppendBenchmark = (): Promise<readonly Result[]> =>
  onKafka(async (connection) => {
    const results: Result[] = [];
    for (const load of LOADS) results.push(...(await beside(connection, load)));
    return results;
  });

const beside = async (connection: KafkaConnection, load: Load): Promise<readonly Result[]> => {
  const rounds: { readonly writer: Measured; readonly raw: Measured; readonly commands: Measured }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await oneRound(connection, load));
  const [writer, raw, commands] = (['writer', 'raw', 'commands'] as const).map((name) =>
    middle(rounds.slice(1).map((round) => round[name])),
  ) as [Measured, Measured, Measured];
  const rawP50Ms = load.inFlight === 1 ? { rawP50Ms: raw.p50Ms } : {};
  return [
    { ...resultOf({ name: 'append', inFlight: load.inFlight }, writer, raw), ...rawP50Ms },
    { ...resultOf({ name: 'append-commands', inFlight: load.inFlight }, commands, raw), ...rawP50Ms },
  ];
};

const oneRound = async (connection: KafkaConnection, load: Load) => {
  const written = await newLog(connection);
  const writer = await appendAll(written, load);
  const records = await readBack(written, load.count);
  await written.close();
  const target = await newLog(connection);
  const raw = await (load.inFlight === 1 ? rawSingles : rawBatches)(connection, target.topic, records);
  await target.close();
  return { writer, raw, commands: await runCommands(connection, load) };
};

const NO_FOLD: StreamFold<undefined> = { initialState: undefined, evolve: () => undefined, revision: '' };

const appendAll = async (log: PartitionedLog, load: Load): Promise<Measured> => {
  const index = memoryStreamIndex();
  const store = await EventStore.open({ log, index, platform: nodePlatform, source: 'benchmark', onTrouble });
  const { type: _type, ...data } = addItem(0);
  const events = [catalogue.encode({ type: 'ItemAddedToCart', data })];
  const measured = await measure(load, (i) =>
    store.submit({
      ...{ stream: `cart-c${i % 1_000}`, commandId: `command-${i}`, commandType: 'AddItem', metadata: {} },
      ...{ fingerprint: '0123456789abcdefghijkl', fold: NO_FOLD, decide: () => ({ events }) },
    }),
  );
  await store.close();
  return measured;
};

const runCommands = async (connection: KafkaConnection, load: Load): Promise<Measured> =>
  inDirectory(async (directory) => {
    const { carts, close } = await openStoreOn(await newLog(connection), directory);
    return measure(load, (i) => carts.send(`c${i % 1_000}`, addItem(i), { commandId: `command-${i}` }), close);
  });

const readBack = async (log: PartitionedLog, count: number): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const reader = log.read(partition, { from: 1, follow: false });
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) records.push(...chunk.records);
    await reader.close();
  }
  if (records.length !== count) throw new Error(`${records.length} records were written, not ${count}`);
  return records;
};

const onTrouble = (cause: unknown): never => {
  throw new Error('the store failed while it was measured', { cause });
};
