import { jest } from '@jest/globals';
import { LogUnavailable } from '@ledgerline/es-core';
import { eventually, PRODUCE } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { brokenStreams, commandsIn, sendAll } from './fixtures/counting.js';
import { Workbench } from './fixtures/workbench.js';

/** Behind length and correlation id. */
const THROTTLE_AT = 8;
const THROTTLED_MS = 400;
const YEAR_MS = 365 * 86_400_000;
const LIST_OFFSETS = 2;
const METADATA = 3;
const TOPIC_AUTHORIZATION_FAILED = 29;
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
    expect(await log.append(0, [record('c')])).toMatchObject({ firstOffset: 1 });
  });

  it('fails so in every partition for itself', async () => {
    const { log, cut } = await bench.openLogBehindProxy();
    for (const partition of [0, 1, 2, 3]) await log.append(partition, [record('a')]);
    await cut();
    for (const partition of [0, 1, 2, 3])
      await expect(log.append(partition, [record('b')])).rejects.toBeInstanceOf(LogUnavailable);
    for (const partition of [0, 1, 2, 3])
      expect(await log.append(partition, [record('c')])).toMatchObject({ firstOffset: 1 });
  });

  it('does not know what became of an append whose answer was lost, and does not repeat it', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    proxy.loseNextAnswer();
    await expect(log.append(0, [record('a')])).rejects.toMatchObject({ code: 'log-unavailable', retriable: true });
    await expect(log.append(0, [record('b')])).rejects.toThrow('the batch was not sent');
    expect(await log.append(0, [record('c')])).toMatchObject({ firstOffset: 1 });
    expect(proxy.produced).toBe(2);
  });

  it('gives up a connection on which nothing is answered in time', async () => {
    const { log, proxy } = await bench.openLogBehindProxy({ requestTimeoutMs: 1_500 });
    await log.append(0, [record('a')]);
    proxy.hangs = true;
    await expect(log.append(0, [record('b')])).rejects.toMatchObject({ code: 'log-unavailable' });
    await expect(log.bounds(0)).rejects.toMatchObject({ code: 'log-unavailable' });
    proxy.hangs = false;
    await expect(log.append(0, [record('c')])).rejects.toThrow('the batch was not sent');
    expect(await log.append(0, [record('d')])).toMatchObject({ firstOffset: 2 });
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

  it('asks something now and then, so that no broker closes a silent connection', async () => {
    const { log, proxy } = await bench.openLogBehindProxy({ keepAliveMs: 20 });
    const { connections, metadataAsked } = proxy;
    await eventually(() => expect(proxy.metadataAsked).toBeGreaterThan(metadataAsked + 3 * connections));
    expect(await log.append(0, [record('a')])).toMatchObject({ firstOffset: 0 });
  });

  it('goes on when the right to see the topic is back, and says what is missing until then', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    const preferred = await bench.openStore(log);
    const standby = await bench.openStore(log, false);
    expect((await sendAll(preferred.store, { commands: 10, inFlight: 2 })).size).toBe(10);
    proxy.changeAnswer = ({ apiKey, frame }) => {
      // Its error code is right before its name, whose length takes a byte.
      if (apiKey === METADATA) frame.writeInt16BE(TOPIC_AUTHORIZATION_FAILED, frame.lastIndexOf(bench.topic) - 3);
    };
    proxy.cut();
    const sending = sendAll(preferred.store, { commands: 10, inFlight: 2, name: 'later' });
    for (const { troubles } of [preferred, standby])
      await eventually(() =>
        expect(troubles.map(String).join('\n')).toContain('this principal may not see the topic: grant it Describe'),
      );
    expect([preferred.store.failure, standby.store.failure]).toEqual([undefined, undefined]);
    proxy.changeAnswer = () => undefined;
    expect((await sending).size).toBe(10);
    await eventually(() => expect(standby.store.heads()).toEqual(preferred.store.heads()));
  });

  it.each<[string, number, number | undefined]>([
    ['ListOffsets', LIST_OFFSETS, THROTTLE_AT],
    ['Metadata', 3, THROTTLE_AT + 1],
    // At the very end, before the tags of its structure.
    ['Produce', PRODUCE, undefined],
  ])('sends nothing on a connection for as long as an answer to %s says, for a quota', async (_, apiKey, at) => {
    const { log, proxy } = await bench.openLogBehindProxy({ keepAliveMs: 600_000 });
    proxy.changeAnswer = (passing) => {
      if (passing.apiKey === apiKey) passing.frame.writeInt32BE(THROTTLED_MS, at ?? passing.frame.length - 5);
    };
    const once = (): Promise<unknown> =>
      apiKey === PRODUCE ? log.append(0, [record('a')]) : apiKey === 3 ? log.problems() : log.bounds(0);
    await once();
    const before = performance.now();
    await once();
    expect(performance.now() - before).toBeGreaterThan(THROTTLED_MS - 100);
  });

  it('is silent for a quota no longer although the clock, a year ahead meanwhile, is set back', async () => {
    const { log, proxy } = await bench.openLogBehindProxy({ keepAliveMs: 600_000 });
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + YEAR_MS);
    proxy.changeAnswer = ({ apiKey, frame }) => {
      if (apiKey === LIST_OFFSETS) frame.writeInt32BE(THROTTLED_MS, THROTTLE_AT);
    };
    await log.bounds(0).finally(() => clock.mockRestore());
    const before = performance.now();
    expect(await log.bounds(0)).toEqual({ start: 0, end: 0 });
    expect(performance.now() - before).toBeGreaterThan(THROTTLED_MS - 100);
  }, 15_000);

  it('appends by name where the broker is older than ids of topics in appends', async () => {
    const { log } = await bench.openLogBehindProxy({ oldProduce: true });
    expect(await log.append(0, [record('a'), record('ü')])).toMatchObject({ firstOffset: 0 });
    expect(await log.append(0, [record('b')])).toMatchObject({ firstOffset: 2 });
    await expect(log.append(0, [record('x'.repeat(5_000_000))])).rejects.toMatchObject({ code: 'append-refused' });
  });

  it('counts every acknowledged command once although connections die and answers are lost under load', async () => {
    const { log, proxy } = await bench.openLogBehindProxy();
    const { store, troubles } = await bench.openStore(log);
    let faults = 0;
    proxy.breaks = (answered) => {
      if (answered % 10 !== 0) return undefined;
      faults += 1;
      return faults % 3 === 0 ? 'all' : 'this';
    };
    const outcomes = await sendAll(store, { commands: 6_000, inFlight: 64 });
    proxy.breaks = () => undefined;
    const commits = await bench.counted();
    expect(commandsIn(commits).sort()).toEqual([...outcomes.keys()].sort());
    expect(brokenStreams(commits)).toEqual([]);
    expect(faults).toBeGreaterThan(20);
    expect(troubles.length).toBeGreaterThan(faults);
    expect(store.failure).toBeUndefined();
  });
});
