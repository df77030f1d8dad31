export * from './kafka-connection.js';
export { type KafkaLogOptions, openKafkaLog } from './log/open-kafka-log.js';
export * from './topic/create-kafka-topic.js';
export * from './topic/require-kafka-topics.js';
export * from './membership/kafka-instances.js';
export * from './membership/stored-progress.js';
export type { GroupTopic } from './membership/assignor.js';
export type { InstanceAddress } from './membership/instance-address.js';
export type { MemberSecret } from './membership/member-secret.js';
