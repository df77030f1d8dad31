import { describe } from '@jest/globals';
import { PARTITIONED_LOG_CASES } from '../partitioned-log.contract.js';
import { BROKEN_LOGS, openLog } from './broken-logs.js';
import { proveContract } from './prove-contract.js';

describe('the contract of a partitioned log', () => proveContract(PARTITIONED_LOG_CASES, () => openLog(), BROKEN_LOGS));
