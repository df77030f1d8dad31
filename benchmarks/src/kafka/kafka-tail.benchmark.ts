import type { LogReader, PartitionedLog } from '@ledgerline/es-core/adapter';
import { type KafkaConnection, openKafkaLog } from '@ledgerline/es-kafka';
import { type Measured, type Result, resultOf, spread } from '../measure.js';
import { newLog, onKafka } from './on-kafka.js';

const BATCHES = 300;
/** Larger than what is asked for of each partition at the tail. */
const LARGE = 'x'.repeat(700 * 1024);
const SMALL = 'v'.repeat(2_000);
const SMALL_IN_FLIGHT = 48;
const [BUSY, OTHER] = [0, 1];

/**
 * How long after its acknowledgement a large batch comes to a follower at the tail while another partition is busy all the time,
 * beside the same batches when it is not; and the records of the busy one that are followed, beside those that are acknowledged.
 */
export const kafkaTailBenchmark = (): Promise<readonly Result[]> =>
  onKafka(async (connection) => {
    const quiet = await onFollowed(connection, largeBatches);
    const busy = await onFollowed(connection, besideLoad);
    return [
      resultOf({ name: 'tail-large-batches', inFlight: 1 }, busy.large, quiet),
      resultOf({ name: 'tail-busy-partition', inFlight: SMALL_IN_FLIGHT }, busy.followed, busy.acknowledged),
    ];
  });

/** A log whose busy partition was there before the other one, and another handle that appends to it. */
interface Followed {
  readonly feeder: PartitionedLog;
  readonly busy: Follower;
  readonly other: Follower;
}

const onFollowed = async <T>(connection: KafkaConnection, use: (followed: Followed) => Promise<T>): Promise<T> => {
  const log = await newLog(connection);
  const feeder = await openKafkaLog({ connection, topic: log.topic });
  const follow = (partition: number): Follower => new Follower(log.read(partition, { from: 0, follow: true }));
  const busy = follow(BUSY);
  await busy.has((await append(feeder, BUSY, SMALL)) + 1);
  const used = await use({ feeder, busy, other: follow(OTHER) });
  await feeder.close();
  await log.close();
  return used;
};

const append = async (log: PartitionedLog, partition: number, value: string): Promise<number> =>
  (await log.append(partition, [{ key: 'k', value, headers: {} }])).firstOffset;

const largeBatches = async ({ feeder, other }: Followed): Promise<Measured> => {
  const delays = new Float64Array(BATCHES);
  const began = performance.now();
  for (let i = 0; i < BATCHES; i += 1) {
    const offset = await append(feeder, OTHER, LARGE);
    const acknowledged = performance.now();
    await other.has(offset + 1);
    delays[i] = performance.now() - acknowledged;
  }
  return { perSecond: perSecond(BATCHES, began), ...spread(delays) };
};

const besideLoad = async (followed: Followed) => {
  const { feeder, busy } = followed;
  let [isOn, count] = [true, 0];
  const began = performance.now();
  const lane = async (): Promise<void> => {
    for (; isOn; count += 1) await append(feeder, BUSY, SMALL);
  };
  const load = Promise.all(Array.from({ length: SMALL_IN_FLIGHT }, lane));
  const large = await largeBatches(followed);
  isOn = false;
  await load;
  const acknowledged = rateOf(count, began);
  await busy.has((await append(feeder, BUSY, SMALL)) + 1);
  return { large, acknowledged, followed: rateOf(count, began) };
};

const perSecond = (count: number, began: number): number => count / ((performance.now() - began) / 1000);

const rateOf = (count: number, began: number): Measured => ({ perSecond: perSecond(count, began), p50Ms: 0, p99Ms: 0 });

/** Reads on for as long as the log is open. */
class Follower {
  #nextOffset = 0;
  #awaited: { readonly upTo: number; resolve(): void } | undefined;

  constructor(reader: LogReader) {
    void this.#follow(reader);
  }

  /** Resolves when everything before the offset has come. */
  has(upTo: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { upTo, resolve };
      this.#look();
    });
  }

  async #follow(reader: LogReader): Promise<void> {
    for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
      this.#nextOffset = chunk.nextOffset;
      this.#look();
    }
  }

  #look(): void {
    if (this.#awaited && this.#nextOffset >= this.#awaited.upTo) this.#awaited.resolve();
  }
}
