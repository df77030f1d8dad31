import { LogUnavailable } from '@ledgerline/es-core';
import { describeWithBroker } from './fixtures/brokers.js';
import { brokenStreams, commandsIn, sendAll } from './fixtures/counting.js';
import { Workbench } from './fixtures/workbench.js';

const record = (value: string) => ({ key: 'k', value, headers: {} });

describeWithBroker('a log on Kafka behind a network that fails', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench({ partitions: 4 });
    await bench.createTopic();
  });
  afterEach(() => bench.close());

  it('does not send the first append after the connection was lost, and takes the next one', async () => {
    const { log, proxy, cut } = await bench.openLogBehindProxy();
    await log.append(0, [record('a')]);
    await cut();
    const { produced } = proxy;
    await expect(log.append(0, [record('b')])).rejects.toThrow('the batch was not sent');
    expect(proxy.produced).toBe(produced);
    expect(await log.bounds(0)).toEqual({ start: 0, end: 1 });
    expect(await log.append(0, [record('c')])).toEqual({ firstOffset: 1 });
  });

  it('fails so in every partition for itself', async () => {
    const { log, cut } = await bench.openLogBehindProxy();
    for (const partition of [0, 1, 2, 3]) await log.append(partition, [record('a')]);
    await cut();
    for (const partition of [0, 1, 2, 3])
      await expect(log.append(partition, [record('b')])).rejects.toBeInstanceOf(LogUnavailable);
    for (const partition of [0, 1, 2, 3])
      expect(await log.append(partition, [record('c')])).toEqual({ firstOffset: 1 });
  });

  it('does not know what became of an append whose answer was lost, and does not repeat it', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    proxy.loseAnswers(1);
    await expect(log.append(0, [record('a')])).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
    await expect(log.append(0, [record('b')])).rejects.toThrow('the batch was not sent');
    expect(await log.append(0, [record('c')])).toEqual({ firstOffset: 1 });
    expect(proxy.produced).toBe(2);
  });

  it('gives up a connection on which nothing is answered in time', async () => {
    const { log, proxy } = await bench.openLogBehindProxy({ requestTimeoutMs: 500 });
    await log.append(0, [record('a')]);
    proxy.hangs = true;
    await expect(log.append(0, [record('b')])).rejects.toMatchObject({ code: 'log-unavailable' });
    await expect(log.bounds(0)).rejects.toMatchObject({ code: 'log-unavailable' });
    proxy.hangs = false;
    await expect(log.append(0, [record('c')])).rejects.toThrow('the batch was not sent');
    expect(await log.append(0, [record('d')])).toEqual({ firstOffset: 2 });
  });

  it('ends passes with an error when their connection is lost, and another pass goes on', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    await log.append(0, [record('a')]);
    const following = log.read(0, { from: 0, follow: true });
    expect((await following.next())?.nextOffset).toBe(1);
    const waiting = following.next();
    proxy.cut();
    await expect(waiting).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
    expect(await following.next()).toBeUndefined();
    const again = log.read(0, { from: 1, follow: true });
    await (await bench.openLog()).append(0, [record('b')]);
    expect((await again.next())?.records.map(({ value }) => value)).toEqual(['b']);
  });

  it('counts every acknowledged command once although connections die and answers are lost under load', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    const { store, troubles } = await bench.openStore(log);
    let faults = 0;
    const trouble = setInterval(() => {
      faults += 1;
      if (faults % 3 === 0) proxy.cut();
      else proxy.loseAnswers(1);
    }, 40);
    try {
      const outcomes = await sendAll(store, { commands: 6_000, inFlight: 64 });
      const commits = await bench.counted();
      expect(commandsIn(commits).sort()).toEqual([...outcomes.keys()].sort());
      expect(brokenStreams(commits)).toEqual([]);
    } finally {
      clearInterval(trouble);
    }
    expect(faults).toBeGreaterThan(5);
    expect(troubles.length).toBeGreaterThan(5);
    expect(store.failure).toBeUndefined();
  });
});
