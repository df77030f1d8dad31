import { specTier } from './jest.preset.js';

/** Needs nothing but Node: `.spec.ts`, `.contract.spec.ts`, `.properties.spec.ts`. */
export default specTier(
  {
    testMatch: ['**/*.spec.ts'],
    testPathIgnorePatterns: ['\\.(int|cluster|e2e|faults)\\.spec\\.ts$', '/node_modules/', '/dist/'],
  },
  // A time-out is for what hangs, not for a machine that is busy.
  { maxWorkers: 2, testTimeout: 30_000 },
);
