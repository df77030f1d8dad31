import { specTier } from './jest.preset.js';

/** Needs a broker or a database: `.int.spec.ts`. One file after the other: three brokers alone are too much for two cores. */
export default specTier({ testMatch: ['**/*.int.spec.ts'] }, { maxWorkers: 1, testTimeout: 60_000 });
