import { Kafka, logLevel } from 'kafkajs';
import { until } from '../processes/until.js';
import { ServersError } from '../servers.error.js';
import { type BrokerHome } from './broker-home.js';
import { type PlannedNode } from './cluster-plan.js';

const READY_WITHIN_MS = 120_000;
const ANSWERS_WITHIN_MS = 3_000;
const LINES_SHOWN = 15;

export interface AwaitedBroker {
  readonly node: PlannedNode;
  readonly home: BrokerHome;
  readonly isRunning: () => boolean | Promise<boolean>;
}

/**
 * Resolves when each of these brokers answers and knows all of them.
 * @throws ServersError `not-ready` when one ends before, or it takes too long; the message has the end of its log.
 */
export const brokersReady = async (awaited: readonly AwaitedBroker[]): Promise<void> => {
  let waitingFor: AwaitedBroker | undefined;
  const ready = async (): Promise<boolean> => {
    for (const broker of awaited) {
      waitingFor = broker;
      if (!(await broker.isRunning())) throw await notReady(broker, 'ended before it was ready');
      if (!(await knowsAll(broker.node, awaited.length))) return false;
    }
    return true;
  };
  if (await until(ready, READY_WITHIN_MS)) return;
  if (waitingFor) throw await notReady(waitingFor, `was not ready within ${READY_WITHIN_MS / 1000} s`);
};

const notReady = async ({ node, home }: AwaitedBroker, what: string): Promise<ServersError> =>
  new ServersError(
    'not-ready',
    `Kafka broker ${node.id} ${what}. The end of ${home.log}:\n${await home.lastLines(LINES_SHOWN)}`,
  );

const knowsAll = async ({ ports }: PlannedNode, brokers: number): Promise<boolean> => {
  const admin = new Kafka({
    clientId: 'local-servers',
    brokers: [`127.0.0.1:${ports.internal}`],
    connectionTimeout: ANSWERS_WITHIN_MS,
    requestTimeout: ANSWERS_WITHIN_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length >= brokers;
  } catch {
    return false; // Not there yet: the next look will tell.
  } finally {
    await admin.disconnect();
  }
};
