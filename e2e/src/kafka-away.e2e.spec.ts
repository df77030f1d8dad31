import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { describeWithOwnBrokers, freePorts, type KafkaCluster, startKafka } from '@ledgerline/local-servers';
import { provisionTopics, type RunningServices, startServices } from '../../scripts/services.mjs';
import { ask } from './index.js';

const patience = { timeoutMs: 30_000, everyMs: 20 };

await describeWithOwnBrokers('services that are started while the broker is away', () => {
  let directory: string;
  let cluster: KafkaCluster | undefined;
  let running: RunningServices | undefined;
  const lines: string[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-away-'));
  });
  afterEach(async () => {
    await running?.stop();
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('wait, are not ready, say so once for each topic that they work on, and are ready when it is there', async () => {
    cluster = await startKafka({ brokers: 1, directory: join(directory, 'kafka') });
    const [order, payment, projection] = await freePorts(3);
    const env = {
      ...{ ...process.env, LOG_LEVEL: 'info', KAFKA_BROKERS: cluster.brokers.join(','), MONGODB_URI: '' },
      ...{ DATA_DIR: join(directory, 'data'), ORDER_SERVICE_PORT: `${order}`, PAYMENT_SERVICE_PORT: `${payment}` },
      ...{ PROJECTION_SERVICE_PORT: `${projection}`, KAFKA_TOPIC_PREFIX: '' },
    };
    await provisionTopics({ env });
    await cluster.kill(1);
    running = startServices({ env, onLog: (name, line) => void lines.push(`${name} ${line}`) });
    // A broker that comes up may be said something else of.
    const away = `no broker answers at ${cluster.brokers[0]}`;
    const awaited = (event: string): readonly string[] =>
      lines.filter((line) => line.includes(`"event":"${event}"`) && line.includes(away));
    await eventually(
      () => expect([awaited('log-awaited').length, awaited('topic-awaited').length]).toEqual([2, 2]),
      patience,
    );
    for (const { url } of running.services) {
      const { status, body } = await ask(`GET ${url}/health/ready`);
      expect([status, body['code']]).toEqual([503, 'service-not-ready']);
    }
    await cluster.restart(1);
    await running.ready();
    expect([awaited('log-awaited').length, awaited('topic-awaited').length]).toEqual([2, 2]);
  });
});
