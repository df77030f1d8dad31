import { specTier } from './jest.preset.js';

/** Needs three brokers in KAFKA_BROKERS: `.cluster.spec.ts`. */
export default specTier({ testMatch: ['**/*.cluster.spec.ts'] }, { maxWorkers: 1, testTimeout: 60_000 });
