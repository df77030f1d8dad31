import { streamIndexContract } from '../contracts/stream-index.contract.js';
import { memoryStreamIndex } from './memory-stream-index.js';

streamIndexContract({
  name: 'memoryStreamIndex',
  without: ['reopen'],
  open: () => {
    const index = memoryStreamIndex();
    return Promise.resolve({ index, dispose: () => index.close() });
  },
});
