import { lastLines } from '../processes/last-lines.js';
import { until } from '../processes/until.js';
import { ServersError } from '../servers.error.js';
import { type BrokerHome } from './broker-home.js';
import { type PlannedNode } from './cluster-plan.js';
import { knownBrokers } from './known-brokers.js';

const READY_WITHIN_MS = 120_000;

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
      const known = await knownBrokers(broker.node.ports.internal);
      if (known === undefined || known < awaited.length) return false;
    }
    return true;
  };
  if (await until(ready, READY_WITHIN_MS)) return;
  if (waitingFor) throw await notReady(waitingFor, `was not ready within ${READY_WITHIN_MS / 1000} s`);
};

const notReady = async ({ node, home }: AwaitedBroker, what: string): Promise<ServersError> =>
  new ServersError(
    'not-ready',
    `Kafka broker ${node.id} ${what}. The end of ${home.log}:\n${await lastLines(home.log)}`,
  );
