import type { LogProblem } from '@ledgerline/es-core/adapter';

/** What a topic's configuration has to be, and why. */
export interface Setting {
  readonly name: string;
  /** What it is set to where it is not right. */
  readonly wanted: string;
  readonly isRight: (value: string) => boolean;
  /** What any other value does to the log, and to what it promises. */
  readonly otherwise: string;
  readonly promise: LogProblem['promise'];
}

const exactly = (setting: Omit<Setting, 'isRight'>): Setting => ({
  ...setting,
  isRight: (value) => value === setting.wanted,
});

const UNLIMITED = '-1';
/** As the embedded log has it. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** One event of the largest size that is taken, and room for its headers. */
const LEAST_MESSAGE_BYTES = 1_000_000;
/** What a topic takes that has this setting. One that does not say takes what every topic has to: the guard says that it is unknown. */
export const maxMessageBytes = (setting: string | undefined): number =>
  setting !== undefined && /^\d+$/.test(setting) ? Number(setting) : LEAST_MESSAGE_BYTES;

const UNCOMPRESSED = new Set(['producer', 'uncompressed']);

const ALWAYS: readonly Setting[] = [
  exactly({
    ...{ name: 'cleanup.policy', wanted: 'delete', promise: 'broken' },
    otherwise: 'compaction takes events out of the log',
  }),
  exactly({
    ...{ name: 'retention.ms', wanted: UNLIMITED, promise: 'broken' },
    otherwise: 'events are deleted when they get old',
  }),
  exactly({
    ...{ name: 'retention.bytes', wanted: UNLIMITED, promise: 'broken' },
    otherwise: 'events are deleted when the log gets large',
  }),
  exactly({
    ...{ name: 'message.timestamp.type', wanted: 'LogAppendTime', promise: 'weakened' },
    otherwise: 'the time of a record is whatever its sender says',
  }),
  {
    name: 'compression.type',
    wanted: 'uncompressed',
    isRight: (value) => UNCOMPRESSED.has(value),
    promise: 'broken',
    otherwise: 'the broker compresses what is appended, and no reader takes compressed records for ours',
  },
  {
    name: 'max.message.bytes',
    wanted: String(MAX_MESSAGE_BYTES),
    isRight: (value) => Number(value) >= LEAST_MESSAGE_BYTES,
    promise: 'weakened',
    otherwise: 'events of the size that is allowed are refused',
  },
];

const WITH_REPLICAS: readonly Setting[] = [
  {
    name: 'min.insync.replicas',
    wanted: '2',
    isRight: (value) => Number(value) >= 2,
    promise: 'weakened',
    otherwise: 'events are acknowledged that one broker alone holds, and are gone with it',
  },
  exactly({
    ...{ name: 'unclean.leader.election.enable', wanted: 'false', promise: 'weakened' },
    otherwise: 'a broker that missed events may lead, and they are gone',
  }),
];

/** The number of brokers from which on the log outlives one of them. */
export const BROKERS_FOR_REPLICAS = 3;
export const REPLICATION_FACTOR = 3;

export const settingsFor = (brokers: number): readonly Setting[] =>
  brokers >= BROKERS_FOR_REPLICAS ? [...ALWAYS, ...WITH_REPLICAS] : ALWAYS;

/** Messages between services are dealt with, or too old to be of use. */
const MESSAGES_KEPT_MS = 7 * 24 * 60 * 60 * 1_000;
const MESSAGES: readonly TopicConfig[] = [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: String(MESSAGES_KEPT_MS) },
];

export interface TopicConfig {
  readonly name: string;
  readonly value: string;
}

export interface NewTopicSettings {
  readonly topic: string;
  readonly partitions: number;
  readonly brokers: number;
  /** Some of them, as `host:port`. */
  readonly bootstrap: readonly string[];
  /** What it is for: the log, unless said otherwise, or messages between services. */
  readonly purpose?: 'log' | 'messages';
}

export const configOf = ({
  brokers,
  purpose = 'log',
}: Pick<NewTopicSettings, 'brokers' | 'purpose'>): readonly TopicConfig[] => {
  const guarded = purpose === 'log' ? settingsFor(brokers) : brokers >= BROKERS_FOR_REPLICAS ? WITH_REPLICAS : [];
  const config = guarded.map(({ name, wanted }) => ({ name, value: wanted }));
  return purpose === 'log' ? config : [...MESSAGES, ...config];
};

/** The command that makes the topic as it has to be, for a person who may when we may not. */
export const creationCommand = (settings: NewTopicSettings): string => {
  const { topic, partitions, brokers, bootstrap } = settings;
  const config = configOf(settings).map(({ name, value }) => `--config ${name}=${value}`);
  const sizes = `--partitions ${partitions} --replication-factor ${replicationFactor(brokers)}`;
  return `kafka-topics.sh --bootstrap-server ${bootstrap.join(',')} --create --topic ${topic} ${sizes} ${config.join(' ')}`;
};

export const replicationFactor = (brokers: number): number => Math.min(REPLICATION_FACTOR, brokers);
