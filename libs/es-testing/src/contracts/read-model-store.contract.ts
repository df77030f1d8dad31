import { contract } from './contract.js';
import { STORE_COLLECTION_CASES } from './store-collection.cases.js';
import { STORE_CONTENT_CASES } from './store-content.cases.js';
import { STORE_FIND_CASES } from './store-find.cases.js';
import type { StoreCase } from './store-harness.js';
import { STORE_PARKED_CASES } from './store-parked.cases.js';
import { STORE_RECORD_CASES } from './store-record.cases.js';
import { STORE_WRITE_CASES } from './store-write.cases.js';

export const READ_MODEL_STORE_CASES: readonly StoreCase[] = [
  ...STORE_WRITE_CASES,
  ...STORE_CONTENT_CASES,
  ...STORE_FIND_CASES,
  ...STORE_PARKED_CASES,
  ...STORE_COLLECTION_CASES,
  ...STORE_RECORD_CASES,
];

/** Everything that a `ReadModelStore` promises. */
export const readModelStoreContract = contract('read-model store', READ_MODEL_STORE_CASES);
