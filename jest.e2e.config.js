import { specTier } from './jest.preset.js';

/** Starts the built services on the embedded log: `.e2e.spec.ts`, but for those that are about Kafka or MongoDB. */
export default specTier(
  {
    testMatch: ['**/*.e2e.spec.ts'],
    testPathIgnorePatterns: ['/node_modules/', '/(kafka|mongo)-[^/]+$'],
  },
  { maxWorkers: 2, testTimeout: 60_000 },
);
