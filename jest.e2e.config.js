import { specTier } from './jest.preset.js';

/** Starts the built services: `.e2e.spec.ts`. */
export default specTier({ testMatch: ['**/*.e2e.spec.ts'] }, { maxWorkers: 1, testTimeout: 60_000 });
