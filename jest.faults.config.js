import { specTier } from './jest.preset.js';

/**
 * Kills, halts and cuts off services, brokers and databases under load: `.faults.spec.ts`. Two files at a time: while one waits
 * for a server to be missed, the other has the processor.
 */
export default specTier({ testMatch: ['**/*.faults.spec.ts'] }, { maxWorkers: 2, testTimeout: 60_000 });
