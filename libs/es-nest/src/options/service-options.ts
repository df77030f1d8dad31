import { checkedOptions, type Storage } from '@ledgerline/es-core';
import { z } from 'zod';
import type { CommandBroker } from '../commands/kafka/command-broker.js';
import { LEVELS } from '../logging/log.js';

/** Everything outside the process that a service works on; where that is Kafka, commands may come over topics too. */
export type ServiceStorage = Storage & { readonly commandBroker?: CommandBroker };

const hostRule = 'must be a host name or an address without spaces';
const portRule = 'must be a port number from 0 to 65535';
const urlRule = 'must be a URL of http or https';
const placeRule = 'must be no more than a place: no user, no password, no ? and no #';
const secretRule = 'must be 32 to 1024 printable characters without spaces';
const milliseconds = (least: number, most: number) => {
  const error = `must be a whole number of milliseconds from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const schema = z.strictObject({
  host: z
    .string({ error: hostRule })
    .regex(/^[^\s/]{1,255}$/, { error: hostRule })
    .default('127.0.0.1'),
  /** 0: one that is free. */
  port: z.int({ error: portRule }).min(0, { error: portRule }).max(65_535, { error: portRule }).default(0),
  logLevel: z.enum(LEVELS, { error: `must be one of ${LEVELS.join(', ')}` }).default('info'),
  /** Where other instances reach this one, if not where it listens. */
  advertisedUrl: z
    .url({ protocol: /^https?$/, error: urlRule })
    .refine((text) => /^[^@?#]{1,2048}$/.test(text), { error: placeRule })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  /** By what the instances of a service know each other. Never repeated. */
  instanceSecret: z
    .string({ error: secretRule })
    .regex(/^[!-~]{32,1024}$/, { error: secretRule })
    .optional(),
  /** So often the service looks whether the settings of its topics have changed. */
  topicCheckIntervalMs: milliseconds(1, 3_600_000).default(30_000),
  /** So far the clock may be from the log's; past it nothing is recorded. */
  maxClockSkewMs: milliseconds(1, 999_999_999_000).default(60_000),
});

/** What a service may be told beside what it is. All of it may be left out. */
export type ServiceOptions = z.input<typeof schema>;

export type ServiceSettings = z.output<typeof schema>;

/** The options with what is usual where nothing was said. @throws OptionsInvalid */
export const serviceSettings = (service: string, options: ServiceOptions): ServiceSettings =>
  checkedOptions(service, schema, options);
