import type { LogRecord, PartitionedLog } from '@ledgerline/es-core/adapter';
import {
  beforeGenesis,
  ChainReader,
  type Envelope,
  hashOf,
  partitionOf,
  toRecord,
  verifyChain,
} from '@ledgerline/es-core/runtime';
import { nodePlatform } from '@ledgerline/es-embedded';
import type { KafkaConnection } from '@ledgerline/es-kafka';
import { addItem, catalogue } from '../workload.js';
import { newLog } from './on-kafka.js';

const BATCH = 2_000;

/** So many events of so many streams, each with as many; `open` streams take turns, then the next ones do. */
export interface Filling {
  readonly events: number;
  readonly streams: number;
  readonly open: number;
}

/**
 * Fills a topic with events of commands, chained as a writer chains them, in batches as large as a writer's largest:
 * what is measured is reading them, and writing a million one command at a time takes a minute.
 */
const fillTopic = async (log: PartitionedLog, { events, streams, open }: Filling): Promise<void> => {
  const logId = await verifyChain(log, nodePlatform);
  const partitions = await Promise.all(
    Array.from(
      { length: log.partitions },
      async (_, partition) => new Filler(log, partition, await headOf(log, partition, logId)),
    ),
  );
  const turn = open * Math.floor(events / streams);
  for (let i = 0; i < events; i += 1) {
    const stream = `cart-c${Math.floor(i / turn) * open + (i % open)}`;
    const filler = partitions[partitionOf(stream, log.partitions)];
    filler?.add(stream, 1 + Math.floor((i % turn) / open), i);
    if (filler?.isFull) await filler.append();
  }
  for (const filler of partitions) await filler.append();
};

/** A topic that is filled so, for one benchmark. */
export const onFilled = async <T>(
  connection: KafkaConnection,
  filling: Filling,
  use: (log: PartitionedLog) => Promise<T>,
): Promise<T> => {
  const log = await newLog(connection);
  try {
    await fillTopic(log, filling);
    return await use(log);
  } finally {
    await log.close();
  }
};

const headOf = async (log: PartitionedLog, partition: number, logId: string): Promise<string> => {
  const state = beforeGenesis(logId);
  const reader = new ChainReader({ log, partition, platform: nodePlatform, state, follow: false });
  while (await reader.next());
  await reader.close();
  return reader.state.head;
};

class Filler {
  #records: LogRecord[] = [];

  constructor(
    private readonly log: PartitionedLog,
    private readonly partition: number,
    private head: string,
  ) {}

  get isFull(): boolean {
    return this.#records.length >= BATCH;
  }

  add(stream: string, version: number, i: number): void {
    const { type: _type, ...item } = addItem(i);
    const { type, data } = catalogue.encode({ type: 'ItemAddedToCart', data: item });
    const commandId = `command-${i}`;
    const envelope: Envelope = {
      ...{ kind: 'event', key: stream, value: data, id: `${stream}@${version}`, type, source: 'benchmark/00000000' },
      ...{ time: '2026-01-01T00:00:00.000Z', version, index: 1, count: 1, prev: this.head, commandId },
      ...{
        fingerprint: '0123456789abcdefghijkl',
        correlationId: commandId,
        causationId: commandId,
        actor: 'anonymous',
      },
    };
    this.head = hashOf(nodePlatform, envelope);
    this.#records.push(toRecord(envelope));
  }

  async append(): Promise<void> {
    const records = this.#records;
    this.#records = [];
    if (records.length > 0) await this.log.append(this.partition, records);
  }
}
