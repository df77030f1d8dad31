import { keyStoreContract } from '../contracts/key-store.contract.js';
import { memoryKeyStore } from './memory-key-store.js';

keyStoreContract({
  name: 'memoryKeyStore',
  without: ['reopen'],
  open: () => {
    const keys = memoryKeyStore();
    return Promise.resolve({ keys, another: () => Promise.resolve(keys), dispose: () => keys.close() });
  },
});
