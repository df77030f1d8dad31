import { contract } from './contract.js';
import { INDEX_CONTENT_CASES } from './index-content.cases.js';
import type { IndexCase } from './index-harness.js';
import { INDEX_WRITE_CASES } from './index-write.cases.js';

export const STREAM_INDEX_CASES: readonly IndexCase[] = [...INDEX_CONTENT_CASES, ...INDEX_WRITE_CASES];

/** Everything that a `StreamIndex` promises. */
export const streamIndexContract = contract('stream index', STREAM_INDEX_CASES);
