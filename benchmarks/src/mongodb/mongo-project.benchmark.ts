import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import type { KafkaConnection } from '@ledgerline/es-kafka';
import { openMongoReadModels } from '@ledgerline/es-mongodb';
import { type Filling, onFilled } from '../kafka/filled-topic.js';
import { onKafka } from '../kafka/on-kafka.js';
import { rawConsume } from '../kafka/raw-kafka.js';
import { type Result, timed } from '../measure.js';
import { projectAll } from '../projected.js';
import { besideRaw, type Round } from './beside-raw.js';
import { inDatabase, onMongo } from './on-mongo.js';
import { rawBulkWrites } from './raw-mongo.js';

/** Carts as customers fill them: twenty items each, a thousand carts open at once. */
const CARTS: Filling = { events: 100_000, streams: 5_000, open: 1_000 };
/** The worst there is: two events of each cart, as far from each other as can be. */
const SCATTERED: Filling = { events: 20_000, streams: 10_000, open: 10_000 };
const ROUNDS = 3;

interface Servers {
  readonly connection: KafkaConnection;
  readonly server: string;
}

/**
 * Projecting from Kafka into documents on MongoDB, beside the slower of two things: raw kafkajs that hands out the records,
 * and the raw driver that writes the same documents as often.
 */
export const mongoProjectBenchmark = (): Promise<readonly Result[]> =>
  onKafka((connection) =>
    onMongo(async (server) => [
      await projecting({ connection, server }, 'project', CARTS),
      await projecting({ connection, server }, 'project-scattered', SCATTERED),
    ]),
  );

const projecting = ({ connection, server }: Servers, name: string, filling: Filling): Promise<Result> =>
  onFilled(connection, filling, async (log) => {
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const { perSecond: rawRead } = await rawConsume(connection, log.topic, filling.events);
      const written = await inDatabase(server, (uri) => projected({ connection, log, uri, events: filling.events }));
      rounds.push({ rawRead, ...written });
    }
    // The first one warms both sides up.
    return besideRaw({ name, inFlight: log.partitions }, rounds.slice(1));
  });

interface Projected {
  readonly connection: KafkaConnection;
  readonly log: PartitionedLog;
  readonly uri: string;
  readonly events: number;
}

const projected = async (what: Projected): Promise<Omit<Round, 'rawRead'>> => {
  const { log, uri, events } = what;
  const store = await openMongoReadModels({ uri });
  const { perSecond: ours } = await timed(events, () => projectAll(log, store));
  await store.close();
  const { writes, perSecond } = await rawBulkWrites(uri, log.partitions);
  return { ours, writes, rawWrite: (perSecond * events) / writes, rawTogether: await together(what) };
};

/** Events a second, of the slower. */
const together = async ({ connection, log, uri, events }: Projected): Promise<number> => {
  let write = (): void => undefined;
  const begun = new Promise<void>((resolve) => (write = resolve));
  const [read, written] = await Promise.all([
    rawConsume(connection, log.topic, events, () => write()),
    begun.then(() => rawBulkWrites(uri, log.partitions)),
  ]);
  return Math.min(read.perSecond, (written.perSecond * events) / written.writes);
};
