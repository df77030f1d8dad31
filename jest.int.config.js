import { specTier } from './jest.preset.js';

/** Needs a broker or a database: `.int.spec.ts`. */
export default specTier({ testMatch: ['**/*.int.spec.ts'] }, { maxWorkers: 1, testTimeout: 60_000 });
