import { specTier } from './jest.preset.js';

/**
 * Starts the built services on the brokers of KAFKA_BROKERS, with read models in the MongoDB of MONGODB_URI: the whole shop, the
 * import, expiry, and what is about Kafka or MongoDB alone.
 */
export default specTier(
  { testMatch: ['**/{kafka,mongo}-*.e2e.spec.ts', '**/{shopping,import,expiry}.e2e.spec.ts'] },
  { maxWorkers: 2, testTimeout: 60_000 },
);
