import type { KafkaOptions } from '@nestjs/microservices';
import { Partitioners } from 'kafkajs';
import type { Log } from '../../logging/log.js';
import type { CommandBroker } from './command-broker.js';
import { kafkajsLog } from './kafkajs-log.js';

export interface ClientSettings {
  readonly broker: CommandBroker;
  /** The name of the service, after which its consumer group is called. */
  readonly service: string;
  readonly log: Log;
}

/** After a kill the group waits so long for the process that is gone; brokers allow no less than 6 s. */
const SESSION_TIMEOUT_MS = 10_000;

/** Three seconds altogether. What takes longer ends the session, and the next one begins from the beginning. */
const RETRY = { initialRetryTime: 100, factor: 0.2, multiplier: 2, retries: 5, maxRetryTime: 2_000 };

/** How Nest's transport reaches the brokers, and how kafkajs behaves under it. */
export const clientOptions = ({ broker, service, log }: ClientSettings): Required<KafkaOptions>['options'] => ({
  client: { ...broker.clientOptions(), logCreator: kafkajsLog(log), retry: RETRY },
  consumer: {
    ...{ groupId: broker.nameOnCluster(service), allowAutoTopicCreation: false },
    ...{ sessionTimeout: SESSION_TIMEOUT_MS, heartbeatInterval: 1_000, rebalanceTimeout: 15_000 },
    // A fetch that waits is waited for when the service ends.
    maxWaitTimeInMs: 250,
    // Whoever opened it opens it again: left to kafkajs, it is for some errors and not for others.
    retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
  },
  producer: { allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner },
});
