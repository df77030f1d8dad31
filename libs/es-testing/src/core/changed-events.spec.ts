import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandHandler, type Projection } from '@ledgerline/es-core';
import type { ReadModelStore } from '@ledgerline/es-core/adapter';
import { retryParked } from '@ledgerline/es-core/generations';
import {
  type EventCatalogue,
  type Message,
  NewerEvent,
  ProjectionRunner,
  ReactorRunner,
} from '@ledgerline/es-core/runtime';
import { memoryReadModelStore } from '../memory/memory-read-model-store.js';
import { memoryParkedReactions } from '../memory/memory-parked-reactions.js';
import { memoryReactorProgress } from '../memory/memory-reactor-progress.js';
import { memoryStreamIndex } from '../memory/memory-stream-index.js';
import {
  coins,
  jarCatalogue,
  type JarEvent,
  jarEvents,
  jarReading,
  type Jars,
  unknownEvent,
} from './fixtures/coin-jar.js';
import { jarPages, refolded } from './fixtures/jar-projections.js';
import type { ReactorSettings } from './fixtures/reactor-bench.js';
import {
  coinsAdded,
  coinsGrabbed,
  coinSwapped,
  jarShaken,
  lidOpened,
  newerJarCatalogue,
  oldJarCatalogue,
  pennyAdded,
  valueTaken,
} from './fixtures/old-jar.js';
import { type Opened, Workshop } from './fixtures/opened-store.js';
import { TroubledLog } from './fixtures/troubled-log.js';

const COLLECTION = 'jar-pages-r1';

let workshop: Workshop;
let opened: Opened;
let closers: (() => Promise<void>)[];
let troubles: unknown[];

const jarsWith = (catalogue: EventCatalogue<JarEvent>, { store } = opened): Jars =>
  new CommandHandler(jarReading(catalogue), { store, platform: workshop.platform });

const shared = () => ({
  ...{ platform: workshop.platform, onTrouble: (error: unknown) => void troubles.push(error) },
  sources: [{ log: new TroubledLog(workshop.topic), logId: opened.store.logId }],
});
/** The projection by code that knows these events. */
const reading = (catalogue: EventCatalogue<JarEvent>, projection: Projection = jarPages): Projection => ({
  ...projection,
  from: [{ topic: jarEvents.topic, catalogue }],
});

const pagesOf = async (
  catalogue: EventCatalogue<JarEvent>,
  store: ReadModelStore,
  projection?: Projection,
): Promise<ProjectionRunner> => {
  await store.ensure({ name: COLLECTION, indexes: [] });
  const runner = new ProjectionRunner({
    ...{ ...shared(), projection: reading(catalogue, projection), store, collection: COLLECTION, parkedLimit: 10 },
  });
  closers.push(() => runner.close());
  await runner.start();
  await workshop.time.advance(1_000);
  return runner;
};

const reactor = async (
  catalogue: EventCatalogue<JarEvent>,
  { wants = () => true, progress = memoryReactorProgress() }: Pick<ReactorSettings, 'wants' | 'progress'> = {},
) => {
  const told: Message<JarEvent>[] = [];
  const { platform, onTrouble, sources } = shared();
  const runner = new ReactorRunner<JarEvent>({
    ...{ name: 'jars', ...sources[0]!, catalogue, platform, onTrouble, progress },
    ...{ from: 'start', parked: memoryParkedReactions() },
    ...{
      outcomes: { isRecorded: () => Promise.resolve(false) },
      onNoProgress: () => undefined,
      onSkipped: () => undefined,
    },
    reactionsTo: (type) => (wants(type) ? [{ react: (message) => Promise.resolve(void told.push(message)) }] : []),
  });
  closers.push(() => runner.close());
  await runner.assign([0]);
  await workshop.time.advance(1_000);
  return { told, runner };
};

const closeReaders = (): Promise<unknown> => workshop.through(Promise.all(closers.splice(0).map((close) => close())));

const page = async (store: ReadModelStore): Promise<unknown> =>
  (await store.load(COLLECTION, ['jar-1'])).get('jar-1')?.document;

beforeEach(async () => {
  [workshop, closers, troubles] = [new Workshop(), [], []];
  opened = await workshop.open();
});
afterEach(async () => {
  await closeReaders();
  await workshop.close();
  expect(workshop.time.waiting).toBe(0);
});

describe('what was recorded before its events were changed', () => {
  /** Two pennies, then three coins of which two were one event, then two taken, which was two events, then a swap. */
  beforeEach(async () => {
    await opened.store.append('jar-1', 0, [pennyAdded, pennyAdded]);
    await opened.store.append('jar-1', 2, [coinsAdded('a', 'b'), jarShaken, ...coins(1)]);
    await opened.store.append('jar-1', 5, [lidOpened, coinsGrabbed(2)]);
    await opened.store.append('jar-1', 7, [coinSwapped]);
  });

  it('is what today’s events say to an aggregate, at every version', async () => {
    const jars = jarsWith(oldJarCatalogue);
    const at = Array.from({ length: 8 }, (_, i) => jars.stateOf('1', { version: i + 1 }));
    expect(at.map(({ state }) => state.coins)).toEqual([1, 2, 4, 4, 5, 5, 3, 3]);
    expect(at.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is decided on, and what a command recorded is answered again as today’s events', async () => {
    const jars = jarsWith(oldJarCatalogue);
    expect(await jars.handle('1', { type: 'TakeCoins', coins: 4 })).toMatchObject({ status: 'rejected' });
    const first = await jars.handle('1', { type: 'EmptyJar' }, { commandId: 'c' });
    const again = await jars.handle('1', { type: 'EmptyJar' }, { commandId: 'c' });
    for (const answer of [first, again])
      expect(answer.status === 'accepted' && answer.events()).toMatchObject([
        { type: 'CoinsTaken', data: { coins: 3 } },
      ]);
    expect(again.repeated).toBe(true);
  });

  it('reaches documents whole', async () => {
    const store = memoryReadModelStore();
    await pagesOf(oldJarCatalogue, store);
    expect(await page(store)).toEqual({
      coins: 3,
      seen: ['jar-1@1', 'jar-1@2', 'jar-1@3', 'jar-1@3#2', 'jar-1@5', 'jar-1@7', 'jar-1@8', 'jar-1@8'],
    });
    expect(troubles).toEqual([]);
  });

  it('reaches reactors once each, under ids of their own where their types are the same', async () => {
    const { told, runner } = await reactor(oldJarCatalogue);
    expect(told.map(({ type, context: { id, version, ordinal } }) => [type, id, version, ordinal])).toEqual([
      ['CoinAdded', 'jar-1@1', 1, 2],
      ['CoinAdded', 'jar-1@2', 2, 3],
      ['CoinAdded', 'jar-1@3', 3, 4],
      ['CoinAdded', 'jar-1@3#2', 3, 4],
      ['CoinAdded', 'jar-1@5', 5, 6],
      ['CoinsTaken', 'jar-1@7', 7, 8],
      ['CoinAdded', 'jar-1@8', 8, 9],
      ['CoinsTaken', 'jar-1@8', 8, 9],
    ]);
    expect(runner.status()[0]?.ordinal).toBe(9);
    const some = await reactor(oldJarCatalogue, { wants: (type) => type === 'CoinsTaken' });
    expect(some.told.map(({ context }) => context.id)).toEqual(['jar-1@7', 'jar-1@8']);
  });

  it('parks a document as it was before the whole stored event, and a retry takes all of it', async () => {
    let isBroken = true;
    const brittle = refolded(jarPages, ({ fold }) => ({
      fold(document, event, id) {
        if (isBroken && event.context.id === 'jar-1@3#2') throw new Error('a bug in the fold');
        return fold(document, event, id);
      },
    }));
    const store = memoryReadModelStore();
    await pagesOf(oldJarCatalogue, store, brittle);
    const parked = (await store.load(COLLECTION, ['jar-1'])).get('jar-1');
    expect(parked).toMatchObject({
      ...{ document: { coins: 2 }, positions: { 'test.events/0': 3 } },
      parked: { event: { ordinal: 4, type: 'CoinAdded' }, missed: { 'test.events/0': 9 } },
    });
    const projection = reading(oldJarCatalogue, brittle);
    const retry = { ...shared(), projection, store, collection: COLLECTION, id: 'jar-1' };
    expect(await workshop.through(retryParked(retry))).toMatchObject({ document: { coins: 2 }, parked: {} });
    isBroken = false;
    await workshop.through(retryParked(retry));
    const { seen } = (await page(store)) as { readonly seen: readonly string[] };
    expect(seen).toHaveLength(8);
    expect(await page(store)).toMatchObject({ coins: 3 });
  });
});

describe('a snapshot', () => {
  it('is not used by code that reads the events under it otherwise', async () => {
    const index = memoryStreamIndex();
    const { store } = await workshop.open({ index, limits: { snapshotEvery: 1 } });
    await store.append('jar-1', 0, [...coins(3), valueTaken(10)]);
    expect(jarsWith(jarCatalogue, { ...opened, store }).stateOf('1').state).toEqual({ coins: 3 });
    await workshop.through(store.close());
    expect(index.snapshot('jar-1')).toBeDefined();
    const later = await workshop.open({ index, limits: { snapshotEvery: 1 } });
    expect(jarsWith(newerJarCatalogue, later).stateOf('1').state).toEqual({ coins: 1 });
  });
});

describe('what a newer writer recorded under a name that is known, without what older code needs of it', () => {
  beforeEach(() => opened.store.append('jar-1', 0, [...coins(3), valueTaken(10)]));

  it('is not decided on by older code, and is by the newer', async () => {
    const older = jarsWith(jarCatalogue);
    await expect(older.handle('1', { type: 'EmptyJar' })).rejects.toMatchObject({
      ...{ code: 'newer-event', retriable: true, facts: { stream: 'jar-1', type: 'CoinsTaken.v2' } },
    });
    expect(older.stateOf('1')).toEqual({ version: 4, state: { coins: 3 } });
    expect(await jarsWith(newerJarCatalogue).handle('1', { type: 'TakeCoins', coins: 1 })).toMatchObject({
      version: 5,
    });
    // What was decided before is answered by older code, too.
    expect(await older.handle('2', { type: 'AddCoins', coins: 1 })).toMatchObject({ version: 1 });
  });

  it('is waited at by an older projection, and folded by the newer one that takes its place', async () => {
    const store = memoryReadModelStore();
    const older = await pagesOf(jarCatalogue, store);
    expect(troubles[0]).toMatchObject({ code: 'newer-event' });
    expect(older.status()[0]).toMatchObject({ ordinal: 0 });
    expect(older.status()[0]).not.toHaveProperty('failure');
    await closeReaders();
    await pagesOf(newerJarCatalogue, store);
    expect(await page(store)).toMatchObject({ coins: 1 });
  });

  it('is waited at by an older reactor that wants it, and told by the newer one that goes on', async () => {
    const progress = memoryReactorProgress();
    const wants = (type: string): boolean => type === 'CoinsTaken';
    const older = await reactor(jarCatalogue, { progress, wants });
    expect([older.told, troubles.length > 0]).toEqual([[], true]);
    await closeReaders();
    const { told } = await reactor(newerJarCatalogue, { progress, wants });
    expect(told.map(({ data }) => data)).toEqual([{ coins: 2 }]);
  });

  it('is passed over by a reactor that does not want it', async () => {
    const { told } = await reactor(jarCatalogue, { wants: (type) => type === 'CoinAdded' });
    expect([told.length, troubles]).toEqual([3, []]);
  });
});

describe('a stream that holds nothing but what only newer code knows', () => {
  it('is not said to be empty', async () => {
    await opened.store.append('jar-1', 0, [unknownEvent]);
    expect(() => jarsWith(jarCatalogue).stateOf('1')).toThrow(NewerEvent);
    expect(jarsWith(newerJarCatalogue).stateOf('1')).toEqual({ version: 1, state: { coins: 0 } });
  });
});
