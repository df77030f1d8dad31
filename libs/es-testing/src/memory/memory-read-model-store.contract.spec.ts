import { readModelStoreContract } from '../contracts/read-model-store.contract.js';
import { memoryReadModelStore } from './memory-read-model-store.js';

readModelStoreContract({
  name: 'memoryReadModelStore',
  without: ['reopen', 'another'],
  open: () => {
    const store = memoryReadModelStore();
    return Promise.resolve({ store, dispose: () => store.close() });
  },
});
