/** The one topic that answers to the commands of a topic go to, named as Nest's clients of Kafka name it. */
export const replyTopicOf = (commandTopic: string): string => `${commandTopic}.reply`;
