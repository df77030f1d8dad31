import { provisionChain } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker, topicEnds } from '@ledgerline/local-servers';
import { addPartitions, deleteTopic, makeTopic } from '../fixtures/admin.js';
import { kafka } from '../fixtures/brokers.js';
import { commandsIn, sendAll } from '../fixtures/counting.js';
import { Workbench } from '../fixtures/workbench.js';

const ADDED = expect.stringContaining(
  'the topic has 6 partitions, the log in it 4: the others hold nothing that counts',
);

describeWithBroker('a topic on Kafka that was given more partitions', () => {
  let bench: Workbench;

  beforeEach(() => {
    bench = new Workbench({ partitions: 4 });
  });
  afterEach(() => bench.close());

  it('is named by its running writer, which goes on, as does whoever opens it next', async () => {
    await bench.createTopic();
    const running = await bench.openStore(await bench.openLog());
    const before = await sendAll(running.store, { commands: 40, inFlight: 8, name: 'before' });
    await addPartitions(bench.topic, 6);
    await eventually(async () => expect(await running.log.problems()).toEqual([{ message: ADDED, promise: 'kept' }]));
    const after = await sendAll(running.store, { commands: 40, inFlight: 8, name: 'after' });

    const opened = await bench.openStore(await bench.openLog());
    expect([opened.log.partitions, opened.store.logId]).toEqual([4, running.store.logId]);
    expect(await opened.log.problems()).toEqual([{ message: ADDED, promise: 'kept' }]);
    const next = await sendAll(opened.store, { commands: 40, inFlight: 8, name: 'next' });
    const sent = [before, after, next].flatMap((outcomes) => [...outcomes.keys()]);
    expect(commandsIn(await bench.counted()).sort()).toEqual(sent.sort());
    expect((await topicEnds(kafka, bench.topic)).slice(4)).toEqual([0, 0]);
  });

  it('gets no genesis in them where it is provisioned once more', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    const logId = await provisionChain(log, bench.platform);
    await addPartitions(bench.topic, 6);
    await eventually(async () => expect(await log.problems()).toHaveLength(1));
    expect(await provisionChain(await bench.openLog(), bench.platform)).toBe(logId);
    expect(await topicEnds(kafka, bench.topic)).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('has them all where its log is made later', async () => {
    await makeTopic({ topic: bench.topic, partitions: 4 });
    await addPartitions(bench.topic, 6);
    const log = await eventually(async () => {
      const one = await bench.openLog();
      expect(one.partitions).toBe(6);
      return one;
    });
    await provisionChain(log, bench.platform);
    expect(await log.problems()).toEqual([]);
    expect(await topicEnds(kafka, bench.topic)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('is named by its running writer when it was deleted, and when it was made again with fewer', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    await provisionChain(log, bench.platform);
    await deleteTopic(bench.topic);
    const restoring = expect.stringMatching(/restore a backup with `npm run -s es -- restore DIRECTORY`$/);
    await eventually(async () => expect(await log.problems()).toEqual([{ message: restoring, promise: 'broken' }]));
    await eventually(() => makeTopic({ topic: bench.topic, partitions: 2 }));
    const fewer = expect.stringContaining('the topic has 2 partitions, the log in it 4: what the others held is gone');
    await eventually(async () => expect(await log.problems()).toEqual([{ message: fewer, promise: 'broken' }]));
  });

  it('is refused with fewer partitions than its genesis record says', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    await provisionChain(log, bench.platform);
    const [genesis] = (await log.read(0, { from: 0, follow: false }).next())?.records ?? [];
    await deleteTopic(bench.topic);
    await eventually(() => makeTopic({ topic: bench.topic, partitions: 2 }));
    const copy = await eventually(async () => {
      const one = await bench.openLog();
      expect(one.partitions).toBe(2);
      return one;
    });
    if (genesis) await copy.append(0, [genesis]);
    const again = await bench.openLog();
    await expect(verifyChain(again, bench.platform)).rejects.toMatchObject({
      ...{ code: 'log-misconfigured', message: expect.stringContaining('made with 4 partitions, has 2') },
    });
  });
});
