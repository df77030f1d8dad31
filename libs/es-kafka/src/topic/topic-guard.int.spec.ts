import { LogMisconfigured } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { eventually } from '@ledgerline/es-testing';
import { alterTopic, describeWithBroker, runKafkaConfigs } from '@ledgerline/local-servers';
import { makeTopic, withAdmin } from '../fixtures/admin.js';
import { connection, kafka, newTopicName } from '../fixtures/brokers.js';
import { Workbench } from '../fixtures/workbench.js';
import { openKafkaLog } from '../log/open-kafka-log.js';
import { createKafkaTopic } from './create-kafka-topic.js';
import { creationCommand } from './topic-settings.js';

describeWithBroker('a topic on Kafka', () => {
  let bench: Workbench;

  beforeEach(() => {
    bench = new Workbench({ partitions: 1 });
  });
  afterEach(() => bench.close());

  it.each([
    ['cleanup.policy', 'compact', 'broken', 'compaction takes events out of the log'],
    ['cleanup.policy', 'compact,delete', 'broken', 'compaction takes events out of the log'],
    ['retention.ms', '604800000', 'broken', 'events are deleted when they get old'],
    ['retention.bytes', '1000000', 'broken', 'events are deleted when the log gets large'],
    ['compression.type', 'gzip', 'broken', 'no reader takes compressed records for ours'],
    ['message.timestamp.type', 'CreateTime', 'weakened', 'whatever its sender says'],
    ['max.message.bytes', '100000', 'weakened', 'events of the size that is allowed are refused'],
  ])(
    'whose %s becomes %s is refused at the next start, and taken once what that says was done',
    async (name, is, promise, otherwise) => {
      await bench.createTopic();
      const running = await bench.openLog();
      const logId = await provisionChain(running, bench.platform);
      expect(await running.problems()).toEqual([]);

      await alterTopic(kafka, bench.topic, { [name]: is });
      const named = { message: expect.stringContaining(`${name} is ${is}, not `), promise };
      await eventually(async () => expect(await running.problems()).toEqual([named]));
      const refused = (await verifyChain(await bench.openLog(), bench.platform).catch(String)) as string;
      expect(refused).toContain(otherwise);

      await runKafkaConfigs(kafka, refused);
      await eventually(async () => expect(await running.problems()).toEqual([]));
      expect(await verifyChain(await bench.openLog(), bench.platform)).toBe(logId);
    },
  );

  it('is as it has to be where somebody made it with the command', async () => {
    const { topic } = bench;
    const command = creationCommand({ topic, partitions: 3, brokers: 1, bootstrap: connection.brokers });
    const [, named, partitions, replicas] =
      /^kafka-topics\.sh --bootstrap-server \S+ --create --topic (\S+) --partitions (\d+) --replication-factor (\d+) /.exec(
        command,
      ) ?? [];
    const configEntries = [...command.matchAll(/--config (\S+)=(\S+)/g)].map(([, name = '', value = '']) => ({
      name,
      value,
    }));
    const sizes = { numPartitions: Number(partitions), replicationFactor: Number(replicas) };
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: named ?? '', ...sizes, configEntries }] }));
    const log = await eventually(() => bench.openLog());
    await provisionChain(log, bench.platform);
    expect([log.partitions, await log.problems()]).toEqual([3, []]);
  });

  it('takes batches as large as its own setting says', async () => {
    await makeTopic({ topic: bench.topic, config: { 'max.message.bytes': '2000000' } });
    expect((await bench.openLog()).maxBatchBytes).toBe(2_000_000 - 61);
  });

  it('is made once, as it has to be, by any number of processes at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => createKafkaTopic(bench.options)));
    await createKafkaTopic({ ...bench.options, partitions: 9 });
    const log = await bench.openLog();
    expect(log.partitions).toBe(1);
    expect(await log.problems()).toEqual([]);
    expect(await log.append(0, [{ key: 'k', value: 'v', headers: {} }])).toMatchObject({ firstOffset: 0 });
  });

  it('that is not there is an error for its writer, with the command that makes it, and awaited by readers', async () => {
    const options = { connection, topic: newTopicName() };
    await expect(openKafkaLog(options)).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringContaining('make it with `npm run -s es -- topics create`'),
    });
    await expect(openKafkaLog({ ...options, role: 'reader' })).rejects.toMatchObject({
      ...{ code: 'log-unavailable', retriable: true },
    });
  });

  it('that the cluster does not make is an error that says so', async () => {
    const badName = createKafkaTopic({ connection, topic: 'no such name: allowed', partitions: 1 });
    await expect(badName).rejects.toThrow(
      new LogMisconfigured('no such name: allowed', ['no topic can have this name']),
    );
    const tooSmall = createKafkaTopic({ ...bench.options, partitions: 0 });
    await expect(tooSmall).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringMatching(
        /\(INVALID_PARTITIONS\): grant this principal Create on it, or have it made with kafka-topics\.sh --bootstrap-server /,
      ),
    });
  });

  it('is not written by a handle that was opened for reading', async () => {
    await createKafkaTopic(bench.options);
    const log = await bench.openLog('reader');
    await expect(log.append(0, [{ key: 'k', value: 'v', headers: {} }])).rejects.toMatchObject({
      code: 'append-refused',
    });
  });
});
