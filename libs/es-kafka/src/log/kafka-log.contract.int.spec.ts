import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { partitionedLogContract } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { connection, newTopicName } from '../fixtures/brokers.js';
import { forgetBefore } from '../fixtures/admin.js';
import { createKafkaTopic } from '../topic/create-kafka-topic.js';
import { openKafkaLog } from './open-kafka-log.js';

describeWithBroker('with a broker', () => {
  partitionedLogContract({
    name: 'openKafkaLog',
    open: async () => {
      const topic = newTopicName();
      const options = { connection, topic, partitions: 2 };
      await createKafkaTopic(options);
      const opened: PartitionedLog[] = [];
      const open = async (role: 'writer' | 'reader' = 'writer') => {
        const log = await openKafkaLog({ ...options, role });
        opened.push(log);
        return log;
      };
      const close = async () => {
        for (const log of opened.splice(0)) await log.close();
      };
      return {
        log: await open(),
        reopen: () => close().then(() => open()),
        anotherReader: () => open('reader'),
        anotherWriter: () => open(),
        forgetBefore: (partition, offset) => forgetBefore(topic, partition, offset),
        dispose: close,
      };
    },
  });
});
