export { kafka, type KafkaCommandBroker, type KafkaStorage } from './kafka.js';
export * from './kafka-connection.js';
export type { KafkaOptions } from './kafka-options.js';
export { type KafkaLogOptions, openKafkaLog } from './log/open-kafka-log.js';
export * from './topic/create-kafka-topic.js';
export { kafkaJsNetwork } from './wire/kafkajs-network.js';
