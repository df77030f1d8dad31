import kafkajs, { type Kafka } from 'kafkajs';
import { withAdmin } from './kafka-client.js';

// Node finds these by no name in a module of CommonJS.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

/** Changes some settings of a topic and leaves the others as they are. */
export const alterTopic = (kafka: Kafka, name: string, settings: Readonly<Record<string, string>>): Promise<unknown> =>
  withAdmin(kafka, async (admin) => {
    const resource = { type: ConfigResourceTypes.TOPIC, name };
    const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
    const entries = resources.flatMap(({ configEntries }) => configEntries);
    const set = entries.filter(({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG);
    const all = { ...Object.fromEntries(set.map((one) => [one.configName, one.configValue])), ...settings };
    const configEntries = Object.entries(all).map(([key, value]) => ({ name: key, value }));
    return await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  });

const COMMAND =
  /kafka-configs\.sh --bootstrap-server \S+ --entity-type topics --entity-name (\S+) --alter --add-config ([^\s=]+)=([^\s;]+)/g;

/** Does what every kafka-configs.sh in the text says, for nobody's machine needs to have it. @throws Error where it says none */
export const runKafkaConfigs = async (kafka: Kafka, text: string): Promise<void> => {
  const commands = [...text.matchAll(COMMAND)];
  if (commands.length === 0) throw new Error(`there is no command in: ${text}`);
  // Of each topic at once: one that read the settings from a broker that is behind would undo the one before.
  const byTopic = new Map<string, Record<string, string>>();
  for (const [, topic = '', name = '', value = ''] of commands)
    byTopic.set(topic, { ...byTopic.get(topic), [name]: value });
  for (const [topic, settings] of byTopic) await alterTopic(kafka, topic, settings);
};
