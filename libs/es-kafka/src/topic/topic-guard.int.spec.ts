import { LogMisconfigured } from '@ledgerline/es-core';
import { describeWithBroker } from '@ledgerline/local-servers';
import { makeTopic } from '../fixtures/admin.js';
import { connection, newTopicName } from '../fixtures/brokers.js';
import { Workbench } from '../fixtures/workbench.js';
import { openKafkaLog } from '../log/open-kafka-log.js';
import { createKafkaTopic } from './create-kafka-topic.js';

describeWithBroker('a topic on Kafka', () => {
  let bench: Workbench;

  beforeEach(() => {
    bench = new Workbench({ partitions: 1 });
  });
  afterEach(() => bench.close());

  it.each([
    ['cleanup.policy', 'compact', 'delete', 'compaction takes events out of the log'],
    ['cleanup.policy', 'compact,delete', 'delete', 'compaction takes events out of the log'],
    ['retention.ms', '604800000', '-1', 'events are deleted when they get old'],
    ['retention.bytes', '1000000', '-1', 'events are deleted when the log gets large'],
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime', 'whatever its sender says'],
    ['compression.type', 'gzip', 'uncompressed', 'no reader takes compressed records for ours'],
    ['max.message.bytes', '100000', '4194304', 'events of the size that is allowed are refused'],
  ])('with %s %s is named, with the command that mends it', async (name, is, wanted, otherwise) => {
    await makeTopic({ topic: bench.topic, config: { [name]: is } });
    const problems = await (await bench.openLog()).problems();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} is ${is}, not ${wanted}`);
    expect(problems[0]).toContain(otherwise);
    expect(problems[0]).toContain(`--entity-name ${bench.topic} --alter --add-config ${name}=${wanted}`);
  });

  it('with another number of partitions is named, and keeps its own', async () => {
    await makeTopic({ topic: bench.topic, partitions: 3 });
    const log = await bench.openLog();
    expect(log.partitions).toBe(3);
    expect(await log.problems()).toEqual([expect.stringContaining('the topic has 3 partitions, not 1')]);
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
    expect(await log.append(0, [{ key: 'k', value: 'v', headers: {} }])).toEqual({ firstOffset: 0 });
  });

  it('that is not there is an error for its writer, with the command that makes it, and awaited by readers', async () => {
    const options = { connection, topic: newTopicName(), partitions: 2 };
    await expect(openKafkaLog(options)).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringContaining(`kafka-topics.sh --create --topic ${options.topic} --partitions 2`),
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
      message: expect.stringContaining('(INVALID_PARTITIONS): grant this principal Create on it, or have it made with'),
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
