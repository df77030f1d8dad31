import { replyTopicOf } from '@ledgerline/es-core/adapter';
import {
  commandHeaders,
  commandMessage,
  eventMessages,
  isAnswered,
  isPublic,
  type Json,
  replyMessage,
  verdictMessage,
  verdictName,
} from './async-api-messages.js';
import type { Catalogue, Service } from './catalogue.js';
import { eventHeaders } from './event-headers.js';

/** As each service makes it on Kafka, unless `TOPIC_PARTITIONS` says otherwise. */
const PARTITIONS = 4;
const FOR_EVER = -1;

/** The document that tools for AsyncAPI 3 read. */
export const asyncApi = (catalogue: Catalogue): Json => {
  const { services, events, commands, version } = catalogue;
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Ledgerline',
      version,
      description:
        'Events that the services record for ever, and commands that they take from each other. A topic of events is a chain: ' +
        'a record counts only if it names, by `prev`, the record that counted before it in its partition, and a commit of several ' +
        'records counts as a whole. Read it through the rule of the chain, not record by record.',
      license: { name: 'MIT' },
      tags: services.map(({ name, description }) => ({ name, description })),
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(services.flatMap((service) => channelsOf(service, catalogue))),
    operations: Object.fromEntries(services.flatMap((service) => operationsOf(service, catalogue))),
    components: {
      messages: Object.fromEntries([
        ...events.flatMap(eventMessages),
        ...commands.filter(isAnswered).map(verdictMessage),
        ...commands.filter(isPublic).map(commandMessage),
        ['verdict', replyMessage],
      ]),
      schemas: { eventHeaders, commandHeaders },
    },
  };
};

// ---- channels

const channelsOf = (
  { topic, commandTopic }: Service,
  { events, commands }: Catalogue,
): readonly (readonly [string, Json])[] => {
  const here = events.filter((event) => event.topic === topic);
  const categories = new Set(here.map(({ category }) => category));
  const ofTopic = commands.filter(({ category }) => categories.has(category));
  const recorded = [
    ...here.flatMap(({ versions }) => versions.map(({ storedName }) => storedName)),
    ...ofTopic.filter(isAnswered).map(({ name }) => verdictName(name)),
  ];
  return [
    ...(topic === undefined ? [] : [eventChannel(topic, recorded)]),
    ...(commandTopic === undefined
      ? []
      : [
          messageChannel(
            commandTopic,
            ofTopic.filter(isPublic).map(({ name }) => name),
            'Commands of other services. The key is the stream.',
          ),
          messageChannel(replyTopicOf(commandTopic), ['verdict'], 'What became of these commands.'),
        ]),
  ];
};

const messageRefs = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

const eventChannel = (topic: string, messages: readonly string[]): readonly [string, Json] => [
  topic,
  {
    address: topic,
    description:
      'Kept for ever. The key is the stream; the partition comes from a hash of it that never changes, so that a stream is in order. ' +
      'Beside events there are records of kind `verdict`, `barrier` and `genesis`.',
    messages: messageRefs(messages),
    bindings: {
      kafka: {
        topic,
        partitions: PARTITIONS,
        topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': FOR_EVER, 'retention.bytes': FOR_EVER },
        bindingVersion: '0.5.0',
      },
    },
  },
];

const messageChannel = (topic: string, messages: readonly string[], description: string): readonly [string, Json] => [
  topic,
  {
    address: topic,
    description,
    messages: messageRefs(messages),
    bindings: { kafka: { topic, bindingVersion: '0.5.0' } },
  },
];

// ---- operations

const operationsOf = (service: Service, catalogue: Catalogue): readonly (readonly [string, Json])[] => {
  const { name, topic, commandTopic } = service;
  const own = catalogue.events.filter((event) => event.topic === topic);
  const records = {
    channel: topic,
    messages: own.flatMap(({ versions }) => versions.slice(0, 1).map(({ storedName }) => storedName)),
  };
  return [
    ...(topic === undefined ? [] : [operation({ ...records, id: `${name}.records`, action: 'send', service: name })]),
    ...consumedBy(service, catalogue),
    ...(commandTopic === undefined ? [] : [takesCommands(service, catalogue)]),
  ];
};

interface Operation {
  readonly id: string;
  readonly action: 'send' | 'receive';
  readonly service: string;
  readonly channel: string | undefined;
  readonly messages: readonly string[];
}

const operation = ({ id, action, service, channel, messages }: Operation): readonly [string, Json] => [
  id,
  {
    action,
    channel: { $ref: `#/channels/${channel}` },
    tags: [{ name: service }],
    messages: messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${message}` })),
  },
];

/** One for each reactor or read model and each topic: what it acts on, in every version that is stored. */
const consumedBy = (
  { name: service }: Service,
  { events, commands }: Catalogue,
): readonly (readonly [string, Json])[] => {
  const messages = new Map<string, Operation>();
  const add = (consumer: string, channel: string, names: readonly string[]): void => {
    const id = `${service}.${consumer}.${channel}`;
    const before = messages.get(id)?.messages ?? [];
    messages.set(id, { id, service, channel, action: 'receive', messages: [...before, ...names] });
  };
  for (const { consumers, topic, versions } of events)
    for (const consumer of consumers)
      if (consumer.service === service)
        add(
          consumerOf(consumer.name),
          topic,
          versions.map(({ storedName }) => storedName),
        );
  for (const { rejectionConsumers, category, name } of commands)
    for (const consumer of rejectionConsumers) {
      const topic = events.find((event) => event.category === category)?.topic;
      if (consumer.service === service && topic !== undefined)
        add(consumerOf(consumer.name), topic, [verdictName(name)]);
    }
  return [...messages.values()].map(operation);
};

/** A reactor as a whole: `OrderReactor` of `OrderReactor.create`. */
const consumerOf = (name: string): string => name.split('.')[0] ?? name;

const takesCommands = (
  { name, commandTopic = '', topic }: Service,
  { commands, events }: Catalogue,
): readonly [string, Json] => {
  const categories = new Set(events.filter((event) => event.topic === topic).map(({ category }) => category));
  const messages = commands.filter((one) => categories.has(one.category) && isPublic(one)).map((one) => one.name);
  const [id, taken] = operation({
    id: `${name}.commands`,
    action: 'receive',
    service: name,
    channel: commandTopic,
    messages,
  });
  return [id, { ...taken, reply: { channel: { $ref: `#/channels/${replyTopicOf(commandTopic)}` } } }];
};
