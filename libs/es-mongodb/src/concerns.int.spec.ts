import type { DocumentWrite } from '@ledgerline/es-core/adapter';
import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { describeWithMongo, ScratchDatabase } from './fixtures/databases.js';
import { MongoKeys } from './keys/mongo-keys.js';
import { databaseOf, mongoClient } from './mongo-client.js';
import { MongoReadModels } from './mongo-read-models.js';
import { databaseIn } from './open-mongo-read-models.js';

const PARCELS = 'parcels-r1';
const KEY = 'parcels.events/3';
const READS = ['find', 'aggregate', 'distinct', 'count'];
const WRITES = ['insert', 'update', 'delete', 'findAndModify', 'drop', 'createIndexes'];
/** They take no concern of their own. */
const OTHERS = ['listCollections', 'getMore', 'endSessions'];

/** What an address says must not win. */
const ADDRESS = 'readConcernLevel=local&w=1&journal=false&monitorCommands=true';

describeWithMongo('what MongoDB is asked for', () => {
  let database: ScratchDatabase;
  let commands: CommandStartedEvent[];

  beforeEach(() => {
    database = new ScratchDatabase();
    commands = [];
  });
  afterEach(() => database.dispose());

  const watched = (): MongoClient => {
    const client = mongoClient(`${database.uri}?${ADDRESS}`);
    client.on('commandStarted', (command) => commands.push(command));
    return client;
  };
  const writeOf = (id: string, expectedRevision: number): DocumentWrite => ({
    ...{ id, document: { n: expectedRevision }, positions: { [KEY]: 1 }, expectedRevision },
  });
  const requireConcerns = (started: readonly CommandStartedEvent[]): void => {
    expect(started.map(({ commandName }) => commandName)).toEqual(
      expect.arrayContaining([expect.stringMatching(READS.join('|')), expect.stringMatching(WRITES.join('|'))]),
    );
    for (const { commandName, command } of started)
      if (READS.includes(commandName))
        expect([commandName, command.readConcern]).toEqual([commandName, { level: 'majority' }]);
      else if (WRITES.includes(commandName))
        expect([commandName, command.writeConcern]).toMatchObject([commandName, { w: 'majority', j: true }]);
      else expect(OTHERS).toContain(commandName);
  };

  it('is read from a majority and written to one, in every call of a store of read models', async () => {
    const client = watched();
    const store = new MongoReadModels(client, databaseOf(client, databaseIn(database.uri)));
    await store.ensure({ name: PARCELS, indexes: [[['n', 1]]] });
    await store.write(PARCELS, [writeOf('a', 0), writeOf('b', 0)]);
    expect(await store.write(PARCELS, [writeOf('a', 0), writeOf('b', 1)])).toEqual(['a']);
    expect(await store.write(PARCELS, [writeOf('a', 1), writeOf('b', 1)])).toEqual(['b']);
    await store.load(PARCELS, ['a', 'b']);
    await store.find(PARCELS, { filter: { n: 1 } });
    await store.parked(PARCELS, { limit: 1 });
    await store.countParked(PARCELS);
    await store.furthest(PARCELS);
    await store.saveCheckpoint(PARCELS, KEY, {
      ...{ logId: 'log', ordinal: 7, head: 'hash', headOffset: 7, time: '2026-01-01T00:00:00.000Z' },
    });
    await store.checkpoints(PARCELS);
    await store.saveRecord('live', { number: 1 }, 0);
    await store.saveRecord('live', { number: 2 }, 1);
    await store.record('live');
    await store.collections();
    await store.drop(PARCELS);
    await store.close();
    requireConcerns(commands);
  });

  it('is the primary itself only where a majority does not know of a collection', async () => {
    const client = watched();
    const store = new MongoReadModels(client, databaseOf(client, databaseIn(database.uri)));
    await expect(store.write(PARCELS, [writeOf('c', 0)])).rejects.toMatchObject({ code: 'collection-lost' });
    await store.close();
    const isLocal = ({ command }: CommandStartedEvent): boolean => command.readConcern?.level === 'local';
    expect(commands.filter(isLocal)).toMatchObject([
      { commandName: 'find', command: { find: PARCELS, filter: { _id: { marker: true } } } },
    ]);
    requireConcerns(commands.filter((command) => !isLocal(command)));
  });

  it('is read from a majority and written to one, in every call of a store of keys', async () => {
    const keys = new MongoKeys(watched, (client) => databaseOf(client, databaseIn(database.uri)));
    const key = { subject: 'ada', wrapped: 'w1', masterKey: 'm1' };
    await keys.getOrAdd(key);
    await keys.getOrAdd(key);
    await keys.find(['ada']);
    await keys.list({ limit: 1 });
    await keys.rewrap(key, { ...key, wrapped: 'w2' });
    await keys.masterKeys();
    await keys.destroy('ada', '2026-01-01T00:00:00.000Z');
    await keys.close();
    requireConcerns(commands);
  });
});
