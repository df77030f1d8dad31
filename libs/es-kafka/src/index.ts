export { type KafkaConnection, type KafkaCredentials, nameOnCluster } from './kafka-connection.js';
export { type KafkaOptions } from './kafka-options.js';
export { kafka, type KafkaCommandBroker, type KafkaStorage } from './kafka.js';
export { type KafkaLogOptions, openKafkaLog } from './log/open-kafka-log.js';
export { createKafkaTopic, type KafkaTopicOptions } from './topic/create-kafka-topic.js';
export { kafkaJsNetwork } from './wire/kafkajs-network.js';
