import type { ServiceConfig } from './environment.js';
import { storageOf } from './storage-of.js';

/** What a service of the shop is started with. @throws ConfigInvalid */
export const startOptions = async (config: ServiceConfig, port: number) => ({
  ...{ storage: await storageOf(config), port, host: config.HOST, logLevel: config.LOG_LEVEL },
  ...{ topicCheckIntervalMs: config.TOPIC_CHECK_S * 1_000, maxClockSkewMs: config.CLOCK_SKEW_LIMIT_S * 1_000 },
  ...(config.ADVERTISED_URL !== undefined && { advertisedUrl: config.ADVERTISED_URL }),
  ...(config.INSTANCE_SECRET !== undefined && { instanceSecret: config.INSTANCE_SECRET }),
});
