export * from './kafka-connection.js';
export * from './log/open-kafka-log.js';
export * from './topic/create-kafka-topic.js';
