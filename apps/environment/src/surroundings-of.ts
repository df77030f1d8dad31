import { type EventSourcingOptions, serviceLog } from '@ledgerline/es-nest';
import type { ServiceConfig } from './environment.js';
import { storageOf } from './storage-of.js';

/** What the environment says of a service; the service itself says the rest. */
export type Surroundings = Omit<
  EventSourcingOptions,
  'service' | 'description' | 'settings' | 'commandsTopic' | 'reactsTo'
>;

/** @throws ConfigInvalid */
export const surroundingsOf = async (service: string, config: ServiceConfig): Promise<Surroundings> => ({
  ...{ storage: await storageOf(config), log: serviceLog(service, config.LOG_LEVEL) },
  ...{ topicCheckIntervalMs: config.TOPIC_CHECK_S * 1_000, maxClockSkewMs: config.CLOCK_SKEW_LIMIT_S * 1_000 },
  ...(config.ADVERTISED_URL !== undefined && { advertisedUrl: config.ADVERTISED_URL }),
  ...(config.INSTANCE_SECRET !== undefined && { instanceSecret: config.INSTANCE_SECRET }),
});
