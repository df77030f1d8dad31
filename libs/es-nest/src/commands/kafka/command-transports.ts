import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { ServiceConfig } from '../../config/environment.js';
import { kafkaConnection } from '../../config/kafka-connection.js';
import type { ServiceInstances } from '../../instances/service-instances.js';
import type { Log } from '../../logging/log.js';

interface Surroundings {
  readonly config: ServiceConfig;
  readonly log: Log;
  /** Told of every batch of messages that could not be read. */
  readonly onBatchRefused: () => void;
  readonly instances: ServiceInstances;
}

/** Commands come over Kafka where the log is there; what that takes is loaded only then. */
export const commandTransports = async (
  service: string,
  { config, log, onBatchRefused, instances }: Surroundings,
): Promise<readonly CustomTransportStrategy[]> => {
  const connection = kafkaConnection(config, 'ledgerline');
  if (!connection) return [];
  const { kafkaJsNetwork, nameOnCluster, requireKafkaTopics, ...fetching } = await import('@ledgerline/es-kafka');
  const { CommandTransport } = await import('./command-transport.js');
  const requireTopics = (topics: readonly string[]): Promise<void> => requireKafkaTopics(connection, topics);
  const nameOf = (name: string): string => nameOnCluster(connection, name);
  const named = { nameOnCluster: nameOf, requireTopics, network: kafkaJsNetwork(connection) };
  const own = { service, log, instances };
  return [new CommandTransport({ connection, ...named, ...own, fetching, onBatchRefused })];
};
