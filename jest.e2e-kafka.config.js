import { specTier } from './jest.preset.js';

/** Starts the built services on the brokers of KAFKA_BROKERS: the whole shop, the import, and what is about Kafka alone. */
export default specTier(
  { testMatch: ['**/kafka-*.e2e.spec.ts', '**/{shopping,import,expiry}.e2e.spec.ts'] },
  { maxWorkers: 1, testTimeout: 60_000 },
);
