import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ledgerline/es-testing';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Log } from '../../logging/log.js';
import { MessageBatches } from './message-batches.js';

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const KIB = 1024;

describe('messages of many partitions', () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  let beats = 0;

  const batches = new MessageBatches(
    {
      handle: ({ batch }, { offset }) => {
        begun.push(`${batch.partition}/${offset}`);
        return new Promise((end) => ends.push(end));
      },
      answered: () => Promise.resolve(),
    },
    silent,
  );
  afterEach(() => {
    batches.close();
    begun.length = 0;
  });

  /** So many messages of so many bytes, each with a key of its own. */
  const batchOf = (partition: number, count: number, bytes: number): EachBatchPayload => {
    const value = Buffer.alloc(bytes);
    const messages = Array.from(
      { length: count },
      (_, i) => ({ key: Buffer.from(`${i}`), value, offset: `${i}` }) as unknown as KafkaMessage,
    );
    return {
      batch: { topic: 'jars.commands', partition, messages } as unknown as EachBatchPayload['batch'],
      ...{ isRunning: () => true, isStale: () => false, resolveOffset: () => undefined, pause: () => () => undefined },
      heartbeat: () => Promise.resolve(void (beats += 1)),
      commitOffsetsIfNecessary: () => Promise.resolve(),
      uncommittedOffsets: () => ({ topics: [] }),
    };
  };
  const endAll = (): void => {
    for (const end of ends.splice(0)) end();
  };
  const endsWith = async (taken: readonly Promise<void>[]): Promise<void> => {
    let isTaken = false;
    void Promise.all(taken).then(() => (isTaken = true));
    await eventually(() => {
      endAll();
      expect(isTaken).toBe(true);
    });
  };

  it('are begun as far as they have few bytes together, and the others when those are done', async () => {
    const taken = Array.from({ length: 16 }, (_, partition) => batches.take(batchOf(partition, 4, 100 * KIB)));
    // Less than a MiB, and one share more.
    await eventually(() => expect(begun).toHaveLength(4 + 4 + 3));
    expect(new Set(begun.map((place) => place.split('/')[0]))).toEqual(new Set(['0', '1', '2']));
    await endsWith(taken);
    expect(begun).toHaveLength(64);
  });

  it('are begun some thousand at a time where they are small', async () => {
    const taken = Array.from({ length: 16 }, (_, partition) => batches.take(batchOf(partition, 500, 10)));
    await eventually(() => expect(begun.length).toBeGreaterThan(1_024));
    expect(begun).toHaveLength(500 + 500 + 341);
    await endsWith(taken);
    expect(begun).toHaveLength(16 * 500);
  });

  it('wait for their turn as members of the group that are alive', async () => {
    const taken = [batches.take(batchOf(0, 1, 1_100 * KIB)), batches.take(batchOf(1, 1, 1_100 * KIB))];
    await eventually(() => expect(begun).toEqual(['0/0']));
    beats = 0;
    await eventually(() => expect(beats).toBeGreaterThanOrEqual(2), { timeoutMs: 10_000 });
    await endsWith(taken);
  });
});
