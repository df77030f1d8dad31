import { provisionChain } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { eventually } from '@ledgerline/es-testing';
import { alterTopic, describeWithBrokers, runKafkaConfigs } from '@ledgerline/local-servers';
import { brokerIds, leadersOf, movePartitions } from './fixtures/admin.js';
import { kafka } from './fixtures/brokers.js';
import { brokenStreams, commandsIn, sendAll } from './fixtures/counting.js';
import { Workbench } from './fixtures/workbench.js';

const record = (value: string) => ({ key: 'k', value, headers: {} });
const patience = { everyMs: 50 };

describeWithBrokers(2, 'a log on Kafka whose partitions change their leader', () => {
  let bench: Workbench;
  afterEach(() => bench.close());

  /** Takes every partition away from the broker that leads it, and waits until all are led by others. */
  const moveAll = async (): Promise<void> => {
    const [before, ids] = [await leadersOf(bench.topic), await brokerIds()];
    await movePartitions(
      bench.topic,
      before.map((leader) => ids.filter((id) => id !== leader)),
    );
    await eventually(async () => {
      const now = await leadersOf(bench.topic);
      expect(now.filter((leader, partition) => leader < 0 || leader === before[partition])).toEqual([]);
    }, patience);
  };

  it('believes no append before one has failed, and goes on with the new leader', async () => {
    bench = new Workbench({ partitions: 1 });
    await bench.createTopic();
    const log = await bench.openLog();
    await log.append(0, [record('a')]);
    const end = 1;
    const following = log.read(0, { from: end, follow: true });
    const ended = following.next();
    await Promise.all([expect(ended).rejects.toMatchObject({ code: 'log-unavailable' }), moveAll()]);
    await expect(log.append(0, [record('b')])).rejects.toMatchObject({ code: 'log-unavailable' });
    await eventually(
      async () => expect(await log.append(0, [record('c')])).toMatchObject({ firstOffset: end }),
      patience,
    );
    expect(await log.bounds(0)).toEqual({ start: 0, end: end + 1 });
  });

  it('counts every acknowledged command once although its partitions move all the while', async () => {
    bench = new Workbench({ partitions: 4 });
    await bench.createTopic();
    const { store, troubles } = await bench.openStore(await bench.openLog());
    const sent: string[] = [];
    let moving = true;
    const load = async (): Promise<void> => {
      for (let round = 0; moving; round += 1) {
        const outcomes = await sendAll(store, { commands: 500, inFlight: 64, name: `round-${round}` });
        sent.push(...outcomes.keys());
      }
    };
    const loading = load();
    for (let i = 0; i < 4; i += 1) await moveAll();
    moving = false;
    await loading;
    const commits = await bench.counted();
    expect(commandsIn(commits).sort()).toEqual([...sent].sort());
    expect(brokenStreams(commits)).toEqual([]);
    expect(troubles.length).toBeGreaterThanOrEqual(4);
    expect(store.failure).toBeUndefined();
  });
});

describeWithBrokers(3, 'a topic on a cluster of three brokers', () => {
  let bench: Workbench;

  beforeEach(() => {
    bench = new Workbench({ partitions: 2 });
  });
  afterEach(() => bench.close());

  it('is made with three replicas, and has nothing to complain about', async () => {
    await bench.createTopic();
    const log = await bench.openLog();
    expect(await log.problems()).toEqual([]);
    expect(await log.append(0, [record('a')])).toMatchObject({ firstOffset: 0 });
  });

  it('is refused where one broker alone holds what was acknowledged, and taken once what that says was done', async () => {
    await bench.createTopic();
    const logId = await provisionChain(await bench.openLog(), bench.platform);
    const [first = 0] = await brokerIds();
    await movePartitions(bench.topic, [[first], [first]]);
    await alterTopic(kafka, bench.topic, { 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' });
    const log = await bench.openLog();
    const named = [
      'the replication factor is 1, not 3: events are gone with the brokers that hold them',
      'min.insync.replicas is 1, not 2: events are acknowledged that one broker alone holds',
      'unclean.leader.election.enable is true, not false: a broker that missed events may lead',
    ].map((what) => ({ message: expect.stringContaining(what), promise: 'weakened' }));
    await eventually(async () => expect(await log.problems()).toEqual(named));
    const refused = (await verifyChain(log, bench.platform).catch(String)) as string;
    expect(refused).toContain(`three replicas for each partition of ${bench.topic}`);

    await runKafkaConfigs(kafka, refused);
    const brokers = await brokerIds();
    await movePartitions(bench.topic, [brokers, brokers]);
    await eventually(async () => expect(await log.problems()).toEqual([]));
    expect(await verifyChain(await bench.openLog(), bench.platform)).toBe(logId);
  });
});
