import { describe } from '@jest/globals';
import { STREAM_INDEX_CASES } from '../stream-index.contract.js';
import { BROKEN_INDEXES, openIndex } from './broken-indexes.js';
import { proveContract } from './prove-contract.js';

describe('the contract of a stream index', () => proveContract(STREAM_INDEX_CASES, () => openIndex(), BROKEN_INDEXES));
