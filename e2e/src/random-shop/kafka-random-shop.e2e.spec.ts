import { randomUUID } from 'node:crypto';
import { describeWithBroker, namedBrokers } from '@ledgerline/local-servers';
import { runSeed } from './run-seed.js';
import { seeds } from './seeds.js';

describeWithBroker(
  'a shop on Kafka whose services are killed and lose what they keep, beside a gateway that forgets',
  () => {
    it.each(seeds({ usually: 1 }))(
      'moves money once, ends every order and reads as a replay (seed %i)',
      async (seed) => {
        const env = { KAFKA_BROKERS: namedBrokers.join(','), KAFKA_TOPIC_PREFIX: `e2e-${randomUUID()}.` };
        const end = await runSeed({ seed, env });
        expect(end).toEqual({ ...end, violations: [] });
      },
      180_000,
    );
  },
);
