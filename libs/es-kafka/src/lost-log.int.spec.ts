import { beforeGenesis, ChainReader } from '@ledgerline/es-core/runtime';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { deleteTopic, forgetBefore } from './fixtures/admin.js';
import { count } from './fixtures/counting.js';
import { Workbench } from './fixtures/workbench.js';

const RECORDS = 20;

describeWithBroker('a log on Kafka that lost something', () => {
  let bench: Workbench;

  beforeEach(async () => {
    bench = new Workbench({ partitions: 1 });
    await bench.createTopic();
  });
  afterEach(() => bench.close());

  const filledStore = async () => {
    const opened = await bench.openStore(await bench.openLog());
    for (let i = 0; i < RECORDS; i += 1) await count(opened.store, 'count-1', `c${i}`);
    return opened;
  };

  /** The same topic again, empty. */
  const replaceTopic = async (): Promise<void> => {
    await deleteTopic(bench.topic);
    await eventually(() => bench.createTopic());
  };

  it('is noticed by a running writer when it was replaced by an empty one', async () => {
    const { store } = await filledStore();
    await replaceTopic();
    await expect(count(store, 'count-1', 'next')).rejects.toMatchObject({ code: 'log-diverged', retriable: false });
    expect(store.failure).toMatchObject({ code: 'log-diverged' });
    expect(await (await bench.openLog('reader')).bounds(0)).toMatchObject({ start: 0 });
  });

  it('is noticed by a running writer when it was replaced by one of the same length', async () => {
    const { store, log } = await filledStore();
    const { end } = await log.bounds(0);
    await replaceTopic();
    const other = await bench.openLog();
    await other.append(
      0,
      Array.from({ length: end }, (_, i) => ({ key: 'k', value: `${i}`, headers: {} })),
    );
    await expect(count(store, 'count-1', 'next')).rejects.toMatchObject({ code: 'log-diverged' });
  });

  it('is noticed by a reader that follows', async () => {
    const { store } = await filledStore();
    const log = await bench.openLog('reader');
    const state = beforeGenesis(store.logId);
    const reader = new ChainReader({ log, partition: 0, platform: bench.platform, state, follow: true });
    for (let ordinal = 0; ordinal <= RECORDS;) ordinal = (await reader.next())?.state.ordinal ?? Infinity;
    const noticed = untilItFails(reader);
    await replaceTopic();
    expect(await noticed).toMatchObject({ code: 'log-diverged' });
    await reader.close();
  });

  it('is noticed at the next start when its beginning is gone', async () => {
    await filledStore();
    await forgetBefore(bench.topic, 0, 3);
    await expect(bench.openLog()).rejects.toMatchObject({
      ...{ code: 'log-misconfigured', message: expect.stringContaining('lost its beginning') },
    });
  });

  it('is noticed by a reader whose place is gone', async () => {
    const { store } = await filledStore();
    const log = await bench.openLog('reader');
    const first = new ChainReader({
      ...{ log, partition: 0, platform: bench.platform, state: beforeGenesis(store.logId), follow: false },
    });
    while (await first.next());
    await forgetBefore(bench.topic, 0, (await log.bounds(0)).end);
    const again = new ChainReader({ log, partition: 0, platform: bench.platform, state: first.state, follow: true });
    await expect(again.next()).rejects.toMatchObject({ code: 'log-diverged' });
  });
});

/** The first error of a reader that is not only about reaching the log. */
const untilItFails = async (reader: ChainReader): Promise<unknown> => {
  for (;;)
    try {
      await reader.next();
    } catch (error) {
      if (!isRetriable(error)) return error;
    }
};

const isRetriable = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;
