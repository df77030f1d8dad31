/** Where Nest's clients of Kafka wait for answers, and the one topic that answers go to. */
export const replyTopicOf = (commandTopic: string): string => `${commandTopic}.reply`;
