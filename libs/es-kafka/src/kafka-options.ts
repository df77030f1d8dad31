import type { ConnectionOptions } from 'node:tls';
import type { ReadModelStorage, Storage } from '@ledgerline/es-core/adapter';
import { z } from 'zod';
import type { KafkaConnection } from './kafka-connection.js';

export interface KafkaOptions extends Pick<KafkaConnection, 'brokers' | 'ssl' | 'sasl' | 'topicPrefix'> {
  /** What lies on this machine: index, locks, progress, and read models unless they are elsewhere. `embedded({ dataDir })`. */
  readonly local: Storage;
  /** Of a topic that is made. 4 unless said otherwise. */
  readonly partitions?: number;
  /** Where the read models and the keys of personal data are, if not on this machine: `mongodb({ uri })`. */
  readonly readModels?: ReadModelStorage;
}

const brokerRule = 'must be host:port, such as kafka-1:9092';
const prefixRule = 'must be 1 to 100 characters of A-Za-z0-9._-';
const partitionsRule = 'must be a whole number from 1 to 1000';
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const text = z.string({ error: 'must be text' });

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const having = <T>(member: keyof T, error: string) =>
  z.custom<T>((value) => isObject(value) && member in value, { error });

export const kafkaOptions = z.strictObject({
  brokers: z
    .array(text.regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s:/,[\]]+):\d{1,5}$/, { error: brokerRule }), {
      error: 'must be a list of brokers as host:port',
    })
    .min(1, { error: 'must name at least one broker as host:port' }),
  local: having<Storage>('openIndex', 'must be the storage of this machine, such as embedded({ dataDir })'),
  ssl: z
    .custom<boolean | ConnectionOptions>((value) => typeof value === 'boolean' || isObject(value), {
      error: 'must be true, false, or the options of tls.connect',
    })
    .optional(),
  sasl: z
    .strictObject(
      {
        mechanism: z.enum(mechanisms, { error: `must be one of ${mechanisms.join(', ')}` }),
        username: text,
        password: text,
      },
      { error: 'must be an object of mechanism, username and password' },
    )
    .optional(),
  topicPrefix: z
    .string({ error: prefixRule })
    .regex(/^[A-Za-z0-9._-]{1,100}$/, { error: prefixRule })
    .optional(),
  partitions: z
    .int({ error: partitionsRule })
    .min(1, { error: partitionsRule })
    .max(1_000, { error: partitionsRule })
    .default(4),
  readModels: having<ReadModelStorage>(
    'openReadModels',
    'must be a store of read models, such as mongodb({ uri })',
  ).optional(),
});
