import { type KafkaConnection, openKafkaLog } from '@ledgerline/es-kafka';
import { openMongoReadModels } from '@ledgerline/es-mongodb';
import { rssAnonMb, timed } from '../measure.js';
import { projectAll } from '../projected.js';

/** What this process is given as its only argument, as JSON. */
export interface ProjectedTopic {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly events: number;
  readonly uri: string;
}

/** What it tells the process that started it. */
export interface Projector {
  readonly perSecond: number;
  /** Its anonymous memory in MB, looked at ten times a second. */
  readonly rssAnonMb: readonly number[];
}

const LOOKS_EVERY_MS = 100;

// Nobody would take the answer any more.
process.once('disconnect', () => process.exit());

const { connection, topic, events, uri } = JSON.parse(process.argv[2] ?? '') as ProjectedTopic;
const log = await openKafkaLog({ connection, topic });
const store = await openMongoReadModels({ uri });
const looks: number[] = [];
const looking = setInterval(() => looks.push(rssAnonMb()), LOOKS_EVERY_MS);
const { perSecond } = await timed(events, () => projectAll(log, store));
clearInterval(looking);
await store.close();
await log.close();
process.send?.({ perSecond, rssAnonMb: looks } satisfies Projector, () => process.disconnect());
