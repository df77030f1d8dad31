import { describe } from '@jest/globals';
import { KEY_STORE_CASES } from '../key-store.contract.js';
import { BROKEN_KEY_STORES, openKeyStore } from './broken-key-stores.js';
import { proveContract } from './prove-contract.js';

describe('the contract of a key store', () => proveContract(KEY_STORE_CASES, () => openKeyStore(), BROKEN_KEY_STORES));
