import { contract } from './contract.js';
import { LOG_APPEND_CASES } from './log-append.cases.js';
import type { LogCase } from './log-harness.js';
import { LOG_READ_CASES } from './log-read.cases.js';

export const PARTITIONED_LOG_CASES: readonly LogCase[] = [...LOG_APPEND_CASES, ...LOG_READ_CASES];

/** Everything that a `PartitionedLog` promises. */
export const partitionedLogContract = contract('partitioned log', PARTITIONED_LOG_CASES);
