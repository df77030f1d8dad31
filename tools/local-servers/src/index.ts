export * from './for-specs/describe-with-brokers.js';
export * from './for-specs/kafka-client.js';
export type { User } from './kafka/broker-home.js';
export type { Settings } from './kafka/broker-settings.js';
export { type ClientSecurity, secureBrokers, type SecuredBrokers } from './kafka/client-security.js';
export type { BrokerCount } from './kafka/cluster-plan.js';
export type { KafkaCluster } from './kafka/kafka-cluster.js';
export { type Advertised, startKafka, type StartKafkaOptions } from './kafka/start-kafka.js';
export { ServersError, type ServersErrorCode } from './servers.error.js';
