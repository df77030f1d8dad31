import { inspect } from 'node:util';
import type { DocumentWrite, ReadModelStore } from '@ledgerline/es-core/adapter';
import { eventually } from '@ledgerline/es-testing';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';
import { Relay } from './fixtures/relay.js';
import { openMongoReadModels } from './open-mongo-read-models.js';

const PARCELS = 'parcels-r1';
const KEY = 'parcels.events/3';
const WITHIN_MS = 30_000;

const writeOf = (id: string, n: number, expectedRevision = 0): DocumentWrite => ({
  ...{ id, document: { n }, positions: { [KEY]: n }, expectedRevision },
});
const checkpointAt = (ordinal: number) => ({
  ...{ logId: 'log-1', ordinal, head: `hash of ${ordinal}`, headOffset: ordinal, time: '2026-01-01T00:00:00.000Z' },
});
const failureOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const unavailable = (reason: RegExp) => ({
  ...{ code: 'read-models-unavailable', retriable: true, message: expect.stringMatching(reason) },
});

let database: ScratchDatabase;

beforeEach(() => {
  database = new ScratchDatabase();
});
afterEach(() => database.dispose());

describeWithMongo('MongoDB that cannot be reached', () => {
  let relay: Relay;
  let store: ReadModelStore | undefined;

  beforeEach(async () => {
    relay = await Relay.to(Number(new URL(database.uri).port));
  });
  afterEach(async () => {
    await store?.close();
    store = undefined;
    await relay.cut();
  });

  const open = async (options = ''): Promise<ReadModelStore> => {
    store = await openMongoReadModels({ uri: `${relay.of(database.uri)}${options}` });
    return store;
  };

  it(
    'at the start is said within seconds, and the store opens when it is there',
    async () => {
      await relay.cut();
      const options = '&serverSelectionTimeoutMS=300';
      await expect(open(options)).rejects.toMatchObject(
        unavailable(/^the read models are not available: MongoDB at 127\.0\.0\.1:\d+ cannot be reached$/),
      );
      await relay.restore();
      expect(await (await open(options)).collections()).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'later fails every call by an error that may be tried again, and loses nothing',
    async () => {
      const opened = await open('&serverSelectionTimeoutMS=300');
      await opened.ensure({ name: PARCELS, indexes: [] });
      await opened.write(PARCELS, [writeOf('a', 1)]);
      await relay.cut();
      const calls: readonly (() => Promise<unknown>)[] = [
        () => opened.find(PARCELS, {}),
        () => opened.load(PARCELS, ['a']),
        () => opened.write(PARCELS, [writeOf('a', 2, 1), writeOf('b', 1)]),
        () => opened.saveCheckpoint(PARCELS, KEY, checkpointAt(2)),
        () => opened.checkpoints(PARCELS),
        () => opened.saveRecord('parcels', {}, 0),
        () => opened.ensure({ name: PARCELS, indexes: [] }),
        () => opened.drop(PARCELS),
      ];
      for (const call of calls)
        await expect(call()).rejects.toMatchObject(unavailable(/cannot be reached|lost the connection/));
      await relay.restore();
      await eventually(async () => expect(await opened.collections()).toEqual([PARCELS]));
      expect(await opened.write(PARCELS, [writeOf('a', 2, 1), writeOf('b', 1)])).toEqual([]);
      await opened.saveCheckpoint(PARCELS, KEY, checkpointAt(2));
      expect((await opened.find(PARCELS, {})).map(({ document }) => document)).toEqual([{ n: 2 }, { n: 1 }]);
    },
    WITHIN_MS,
  );

  it(
    'because it is too slow is given up, and used again when it answers',
    async () => {
      const opened = await open('&socketTimeoutMS=400&serverSelectionTimeoutMS=400');
      await opened.ensure({ name: PARCELS, indexes: [] });
      relay.halt(true);
      await expect(opened.find(PARCELS, {})).rejects.toMatchObject(
        unavailable(/did not answer in time|cannot be reached/),
      );
      relay.halt(false);
      await eventually(async () => expect(await opened.collections()).toEqual([PARCELS]));
      expect(await opened.write(PARCELS, [writeOf('a', 1)])).toEqual([]);
    },
    WITHIN_MS,
  );

  it.each([
    ['refuses the credentials', (uri: string) => uri.replace('//', '//parcels:hunter2@')],
    ['is not there', () => 'mongodb://parcels:hunter2@127.0.0.1:1/shop?serverSelectionTimeoutMS=300'],
    ['cannot be understood', () => 'mongodb://parcels:hunter2@127.0.0.1:port/shop'],
    ['has a password that is not encoded', () => 'mongodb://parcels:hunter2@hunter2@127.0.0.1/shop'],
    ['has an option that nobody knows', () => 'mongodb://parcels:hunter2@127.0.0.1/shop?unheardOf=hunter2'],
  ])('or %s is said without the password', async (_, addressOf) => {
    const failure = await failureOf(openMongoReadModels({ uri: addressOf(database.uri) }));
    expect(failure).toMatchObject({ code: expect.stringMatching(/^read-models-(refused|unavailable)$/) });
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('hunter2');
  });
});

describeWithMongo('what somebody did by hand', () => {
  let store: ReadModelStore;

  beforeEach(async () => {
    store = await database.open();
    await store.ensure({ name: PARCELS, indexes: [[['n', 1]]] });
    await store.write(PARCELS, [writeOf('a', 1), writeOf('b', 2)]);
    await store.saveCheckpoint(PARCELS, KEY, checkpointAt(2));
  });

  it.each([
    ['its positions', { positions: 'none' }],
    ['one position', { positions: { [KEY]: 'far' } }],
    ['its revision', { revision: 1.5 }],
    ['what it holds', { document: 'nothing' }],
    ['a value in it', { document: { n: new Date(0) } }],
    ['why it is parked', { parked: { at: 'now' } }],
  ])('to %s makes a document unreadable, which is named', async (_, change) => {
    const edited = { code: 'unreadable', retriable: false, facts: { collection: PARCELS, id: 'a' } };
    await database.byHand.collection<{ _id: string }>(PARCELS).updateOne({ _id: 'a' }, { $set: change });
    await expect(store.load(PARCELS, ['b', 'a'])).rejects.toMatchObject(edited);
    await expect(store.find(PARCELS, {})).rejects.toMatchObject(edited);
    expect((await store.load(PARCELS, ['b'])).get('b')?.document).toEqual({ n: 2 });
  });

  it('to a checkpoint makes it unreadable, which is named', async () => {
    const marked = database.byHand.collection<{ checkpoints: unknown }>(PARCELS);
    await marked.updateOne(
      { checkpoints: { $exists: true } },
      { $set: { 'checkpoints.parcels%2Eevents/3.ordinal': 'x' } },
    );
    await expect(store.checkpoints(PARCELS)).rejects.toMatchObject({
      code: 'unreadable',
      facts: { collection: PARCELS, key: KEY },
    });
  });

  it('to a record makes it unreadable, which is named', async () => {
    await store.saveRecord('parcels', { live: PARCELS }, 0);
    await database.byHand.collection('ledgerline.records').updateOne({}, { $set: { value: 1 } });
    await expect(store.record('parcels')).rejects.toMatchObject({ code: 'unreadable', facts: { record: 'parcels' } });
  });

  const lost = { code: 'collection-lost', retriable: false, facts: { collection: PARCELS } };

  it('dropped the collection: nothing makes it again but ensure, which begins anew', async () => {
    await database.byHand.dropCollection(PARCELS);
    await expect(store.write(PARCELS, [writeOf('c', 3)])).rejects.toMatchObject(lost);
    await expect(store.write(PARCELS, [writeOf('a', 3, 1)])).rejects.toMatchObject(lost);
    await expect(store.saveCheckpoint(PARCELS, KEY, checkpointAt(3))).rejects.toMatchObject(lost);
    expect([await store.find(PARCELS, {}), (await store.checkpoints(PARCELS)).size]).toEqual([[], 0]);
    expect(await store.collections()).toEqual([]);
    await store.ensure({ name: PARCELS, indexes: [] });
    expect((await store.checkpoints(PARCELS)).size).toBe(0);
    expect(await store.write(PARCELS, [writeOf('c', 3)])).toEqual([]);
  });

  it('dropped the collection, and another process made it again: whoever worked with the old one is told', async () => {
    await database.byHand.dropCollection(PARCELS);
    const other = await database.open();
    await other.ensure({ name: PARCELS, indexes: [] });
    await expect(store.write(PARCELS, [writeOf('c', 3)])).rejects.toMatchObject(lost);
    await expect(store.saveCheckpoint(PARCELS, KEY, checkpointAt(3))).rejects.toMatchObject(lost);
    expect([await other.find(PARCELS, {}), (await other.checkpoints(PARCELS)).size]).toEqual([[], 0]);
    expect(await other.write(PARCELS, [writeOf('c', 1)])).toEqual([]);
  });

  it('left documents where the collection was: they go when it is made', async () => {
    await database.byHand.dropCollection(PARCELS);
    await database.byHand.collection(PARCELS).insertOne({ document: { n: 1 }, positions: {}, revision: 1 });
    await store.ensure({ name: PARCELS, indexes: [] });
    expect(await database.byHand.collection(PARCELS).countDocuments({ document: { $exists: true } })).toBe(0);
  });

  it('removed one document: its next write is answered as a conflict', async () => {
    await database.byHand.collection<{ _id: string }>(PARCELS).deleteOne({ _id: 'a' });
    expect(await store.write(PARCELS, [writeOf('a', 2, 1), writeOf('b', 3, 1)])).toEqual(['a']);
  });

  it('keeps other collections of the database out of sight', async () => {
    await database.byHand.collection('notes').insertOne({ text: 'mine' });
    expect(await store.collections()).toEqual([PARCELS]);
  });

  it('makes indexes as they are asked for, also later, with the id behind them', async () => {
    await store.ensure({
      name: PARCELS,
      indexes: [
        [['n', 1]],
        [
          ['at', -1],
          ['n', 1],
        ],
      ],
    });
    const keys = (await database.byHand.collection(PARCELS).indexes()).map(({ key }) => JSON.stringify(key));
    expect(keys).toEqual(
      expect.arrayContaining([
        '{"document.n":1,"_id":1}',
        '{"document.at":-1,"document.n":1,"_id":1}',
        '{"parked.at":1}',
      ]),
    );
  });
});
