import { partitionedLogContract } from '../contracts/partitioned-log.contract.js';
import { memoryLog } from './memory-log.js';
import { MemoryTopic } from './memory-topic.js';

partitionedLogContract({
  name: 'memoryLog',
  open: () => {
    const topic = new MemoryTopic();
    const log = memoryLog(topic);
    return Promise.resolve({
      log,
      reopen: async () => {
        await log.close();
        return memoryLog(topic);
      },
      anotherReader: () => Promise.resolve(memoryLog(topic)),
      anotherWriter: () => Promise.resolve(memoryLog(topic)),
      forgetBefore: (partition, offset) => Promise.resolve(topic.forgetBefore(partition, offset)),
      dispose: () => log.close(),
    });
  },
});
