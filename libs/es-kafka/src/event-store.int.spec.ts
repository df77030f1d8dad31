import { EventStore } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { memoryStreamIndex } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { Workbench } from './fixtures/workbench.js';
import { brokenStreams, commandsIn, sendAll } from './fixtures/counting.js';

describeWithBroker('an event store on Kafka', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench();
    await bench.createTopic();
  });
  afterEach(() => bench.close());

  it.each([64, 512])(
    'counts every acknowledged command once, in dense versions, with %d in flight',
    async (inFlight) => {
      const { store, troubles } = await bench.openStore(await bench.openLog());
      const outcomes = await sendAll(store, { commands: 5_000, inFlight });
      const commits = await bench.counted();
      expect(commandsIn(commits).sort()).toEqual([...outcomes.keys()].sort());
      expect(brokenStreams(commits)).toEqual([]);
      expect([...outcomes.values()].every(({ status, repeated }) => status === 'accepted' && !repeated)).toBe(true);
      expect(troubles).toEqual([]);
    },
  );

  it('goes on where it was after all was closed', async () => {
    const before = new Workbench();
    Object.assign(before, { topic: bench.topic });
    const { store: first } = await before.openStore(await before.openLog());
    await sendAll(first, { commands: 500, inFlight: 64, name: 'before' });
    await before.close();
    const { store: second } = await bench.openStore(await bench.openLog());
    await sendAll(second, { commands: 500, inFlight: 64, name: 'after' });
    const commits = await bench.counted();
    expect(commandsIn(commits)).toHaveLength(1_000);
    expect(brokenStreams(commits)).toEqual([]);
  });

  it('takes commands at two instances at once, each command once, whichever of them takes it', async () => {
    const stores = [
      await bench.openStore(await bench.openLog(), false),
      await bench.openStore(await bench.openLog(), false),
    ];
    const sent = await Promise.all(
      stores.map(({ store }, i) => sendAll(store, { commands: 400, inFlight: 32, streams: 20, name: `store-${i}` })),
    );
    const commits = await bench.counted();
    expect(commandsIn(commits).sort()).toEqual(sent.flatMap((outcomes) => [...outcomes.keys()]).sort());
    expect(brokenStreams(commits)).toEqual([]);
  });

  it('records nothing by a clock that is a year ahead, not even the first event, and goes on when it is right', async () => {
    const log = await bench.openLog();
    await provisionChain(log, bench.platform);
    let off = 365 * 86_400_000;
    const platform = { ...bench.platform, now: () => bench.platform.now() + off };
    const store = bench.add(
      await EventStore.open({ log, index: memoryStreamIndex(), platform, source: 'specs', onTrouble: () => undefined }),
    );
    const append = () => store.append('jar-1', 0, [{ type: 'Tested.v1', data: '{}' }], { commandId: 'c' });
    await expect(append()).rejects.toMatchObject({ code: 'clock-skewed' });
    expect(store.clockSkew?.facts['skewMs']).toBeGreaterThan(off - 60_000);
    off = 0;
    expect(await append()).toMatchObject({ status: 'accepted', repeated: false });
    const commits = await bench.counted(store.logId);
    const times = commits.flat().map(({ time }) => Date.parse(time));
    expect(Math.max(...times)).toBeLessThan(Date.now() + 60_000);
    // The records that only asked for the time say nothing.
    expect(commits.flat().filter(({ kind }) => kind === 'event')).toHaveLength(1);
  });

  it('reads when the broker stored each record', async () => {
    const log = await bench.openLog();
    const { appendedAt = 0 } = await log.append(0, [{ key: 'k', value: 'v', headers: {} }]);
    expect(Math.abs(appendedAt - Date.now())).toBeLessThan(30_000);
    const reader = log.read(0, { from: 0, follow: false });
    expect((await reader.next())?.records.map((record) => record.appendedAt)).toEqual([appendedAt]);
    await reader.close();
  });
});
