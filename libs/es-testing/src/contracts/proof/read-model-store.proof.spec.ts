import { describe } from '@jest/globals';
import { READ_MODEL_STORE_CASES } from '../read-model-store.contract.js';
import { BROKEN_STORES, openStore } from './broken-stores.js';
import { proveContract } from './prove-contract.js';

describe('the contract of a read-model store', () =>
  proveContract(READ_MODEL_STORE_CASES, () => openStore(), BROKEN_STORES));
