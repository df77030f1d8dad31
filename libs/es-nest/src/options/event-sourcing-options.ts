import { ID_PATTERN, ID_RULE } from '@ledgerline/es-core';
import { checkedOptions, type Storage } from '@ledgerline/es-core/adapter';
import { z } from 'zod';
import type { CommandBroker } from '../commands/kafka/command-broker.js';
import type { Log } from '../logging/log.js';

/** Everything outside the process that a service works on; where that is Kafka, commands may come over topics too. */
export type ServiceStorage = Storage & { readonly commandBroker?: CommandBroker };

const urlRule = 'must be a URL of http or https';
const placeRule = 'must be no more than a place: no user, no password, no ? and no #';
const secretRule = 'must be 32 to 1024 printable characters without spaces';
const topicRule = 'must be the name of a topic';
const milliseconds = (least: number, most: number) => {
  const error = `must be a whole number of milliseconds from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const storageRule = 'must be what embedded(), kafka() or another adapter answers';
const schema = z.strictObject({
  storage: z.custom<ServiceStorage>((value) => typeof value === 'object' && value !== null, { error: storageRule }),
  service: z.string({ error: ID_RULE }).regex(ID_PATTERN, { error: ID_RULE }),
  description: z.string({ error: 'must be a text' }).default(''),
  commandsTopic: z.string({ error: topicRule }).min(1, { error: topicRule }).optional(),
  advertisedUrl: z
    .url({ protocol: /^https?$/, error: urlRule })
    .refine((text) => /^[^@?#]{1,2048}$/.test(text), { error: placeRule })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  instanceSecret: z
    .string({ error: secretRule })
    .regex(/^[!-~]{32,1024}$/, { error: secretRule })
    .optional(),
  personalData: z.boolean({ error: 'must be true or false' }).default(false),
  topicCheckIntervalMs: milliseconds(1, 3_600_000).default(30_000),
  maxClockSkewMs: milliseconds(1, 999_999_999_000).default(60_000),
});

/** What event sourcing in this application is told. */
export interface EventSourcingOptions {
  /** Stable: locks, indexes and the progress of reactors are kept under it. */
  readonly service: string;
  /** For people who read its OpenAPI document. */
  readonly description?: string;
  readonly storage: ServiceStorage;
  /** What the aggregates' decisions need: see `setting`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The topic of Kafka from which public commands are taken, where the storage has brokers. */
  readonly commandsTopic?: string;
  /** Where other instances reach this one, if not where it listens. */
  readonly advertisedUrl?: string;
  /** By what the instances of a service know each other. Never repeated. */
  readonly instanceSecret?: string;
  /** True where answers show personal fields in plain text although none of the aggregates here has any. */
  readonly personalData?: boolean;
  /** So often the service looks whether the settings of its topics have changed; 30,000 unless something else is said. */
  readonly topicCheckIntervalMs?: number;
  /** So far the clock may be from the log's; past it nothing is recorded. 60,000 unless something else is said. */
  readonly maxClockSkewMs?: number;
  /** Nest's `Logger` unless one is given. */
  readonly log?: Log;
}

export type EventSourcingSettings = Omit<z.output<typeof schema>, 'storage'> & {
  readonly settings: Readonly<Record<string, unknown>>;
};

/** The options with what is usual where nothing was said. @throws OptionsInvalid */
export const eventSourcingSettings = ({
  log: _log,
  settings = {},
  ...options
}: EventSourcingOptions): EventSourcingSettings => {
  const { storage: _storage, ...checked } = checkedOptions('EventSourcingModule', schema, options);
  return { ...checked, settings };
};
