import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Filling, onFilled } from '../kafka/filled-topic.js';
import { onKafka } from '../kafka/on-kafka.js';
import { rawConsume } from '../kafka/raw-kafka.js';
import type { Result } from '../measure.js';
import { besideRaw } from './beside-raw.js';
import { inDatabase, onMongo } from './on-mongo.js';
import type { ProjectedTopic, Projector } from './projector.child.js';
import { rawBulkWrites } from './raw-mongo.js';

/** Carts as customers fill them: twenty items each, a thousand carts open at once. */
const MANY: Filling = { events: 1_000_000, streams: 50_000, open: 1_000 };
/** The raw rate is the same all along the topic. */
const RAW_EVENTS = 300_000;

/** A million events are projected by a process that has done nothing else: how much memory it takes, early and late. */
export const projectMemoryBenchmark = (): Promise<readonly Result[]> =>
  onKafka((connection) =>
    onMongo((server) =>
      onFilled(connection, MANY, ({ topic, partitions }) =>
        inDatabase(server, async (uri) => {
          const { events } = MANY;
          const { perSecond: rawRead } = await rawConsume(connection, topic, RAW_EVENTS);
          const { perSecond: ours, rssAnonMb } = await projectedBy({ connection, topic, events, uri });
          const { writes, perSecond } = await rawBulkWrites(uri, partitions);
          const round = { ours, rawRead, rawWrite: (perSecond * events) / writes, rawTogether: 0, writes };
          return [{ ...besideRaw({ name: 'project-memory', inFlight: partitions }, [round]), ...memoryIn(rssAnonMb) }];
        }),
      ),
    ),
  );

const memoryIn = (looks: readonly number[]) => ({
  rssAnonMbEarly: Math.max(...looks.slice(0, Math.ceil(looks.length / 4))),
  rssAnonMbMost: Math.max(...looks),
  rssAnonMb: looks.at(-1) ?? NaN,
});

const projectedBy = async (projected: ProjectedTopic): Promise<Projector> => {
  const child = fork(fileURLToPath(new URL('./projector.child.js', import.meta.url)), [JSON.stringify(projected)]);
  const ended = once(child, 'exit');
  const told = new Promise<Projector>((resolve) => child.once('message', (message) => resolve(message as Projector)));
  const answer = await Promise.race([told, ended]);
  if (answer instanceof Array) throw new Error(`the projecting process ended with ${answer.join(' ')}`);
  await ended;
  return answer;
};
