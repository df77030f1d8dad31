import { specTier } from './jest.preset.js';

/** Needs nothing but Node: `.spec.ts`, `.contract.spec.ts`, `.properties.spec.ts`. */
export default specTier(
  { testMatch: ['**/*.spec.ts'], testPathIgnorePatterns: ['\\.(int|e2e)\\.spec\\.ts$', '/node_modules/', '/dist/'] },
  { maxWorkers: 2 },
);
