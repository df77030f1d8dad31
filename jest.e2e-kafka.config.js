import { specTier } from './jest.preset.js';

/**
 * Starts the built services on the brokers of KAFKA_BROKERS: the whole shop, the import, and what is about Kafka alone. Two files
 * at a time: while one waits for a broker to be missed, the other has the processor.
 */
export default specTier(
  { testMatch: ['**/kafka-*.e2e.spec.ts', '**/{shopping,import,expiry}.e2e.spec.ts'] },
  { maxWorkers: 2, testTimeout: 60_000 },
);
