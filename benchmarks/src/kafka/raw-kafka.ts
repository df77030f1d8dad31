import type { LogRecord } from '@ledgerline/es-core/adapter';
import type { KafkaConnection } from '@ledgerline/es-kafka';
import { Kafka, logLevel, type Message, Partitioners, type Producer } from 'kafkajs';
import { measure, type Measured } from '../measure.js';
import { PARTITIONS } from './on-kafka.js';

const BATCH = 100;

const clientOf = ({ brokers }: KafkaConnection): Kafka =>
  new Kafka({ brokers: [...brokers], clientId: 'raw', logLevel: logLevel.NOTHING });

const messageOf = ({ key, value, headers }: LogRecord, partition: number): Message => ({
  ...{ key, value, headers, partition },
});

/** Runs with a producer as people would make one for the highest rate: all acknowledgements, no retries, no compression. */
const withProducer = async <T>(connection: KafkaConnection, use: (producer: Producer) => Promise<T>): Promise<T> => {
  const producer = clientOf(connection).producer({
    ...{ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false, retry: { retries: 0 } },
  });
  await producer.connect();
  try {
    return await use(producer);
  } finally {
    await producer.disconnect();
  }
};

/** The records one by one, each when the one before it was acknowledged. */
export const rawSingles = (
  connection: KafkaConnection,
  topic: string,
  records: readonly LogRecord[],
): Promise<Measured> =>
  withProducer(connection, (producer) =>
    measure({ count: records.length, inFlight: 1 }, (i) =>
      producer.send({
        topic,
        acks: -1,
        messages: records.slice(i, i + 1).map((one) => messageOf(one, i % PARTITIONS)),
      }),
    ),
  );

/** The records in batches of a hundred, one batch in flight for each partition. Latencies are those of a batch. */
export const rawBatches = async (
  connection: KafkaConnection,
  topic: string,
  records: readonly LogRecord[],
): Promise<Measured> => {
  const sends = { count: Math.floor(records.length / BATCH), inFlight: PARTITIONS };
  const measured = await withProducer(connection, (producer) =>
    measure(sends, (i) => {
      const messages = records.slice(i * BATCH, (i + 1) * BATCH).map((one) => messageOf(one, i % PARTITIONS));
      return producer.send({ topic, acks: -1, messages });
    }),
  );
  return { ...measured, perSecond: measured.perSecond * BATCH };
};

/** Records a second that kafkajs's consumer hands out, from its place in the group on, until it has handed out `count`. */
export const rawConsume = async (
  connection: KafkaConnection,
  topic: string,
  count: number,
  onBegun: () => void = () => undefined,
): Promise<Measured> => {
  const consumer = clientOf(connection).consumer({
    groupId: `raw-${topic}`,
    readUncommitted: true,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let began = performance.now();
  let seen = 0;
  consumer.on('consumer.group_join', () => {
    began = performance.now();
    onBegun();
  });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          autoCommit: false,
          partitionsConsumedConcurrently: PARTITIONS,
          eachBatch: ({ batch }) => {
            seen += batch.messages.length;
            if (seen >= count) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    });
    const perSecond = seen / ((performance.now() - began) / 1000);
    return { perSecond, p50Ms: 0, p99Ms: 0 };
  } finally {
    await consumer.disconnect();
  }
};
