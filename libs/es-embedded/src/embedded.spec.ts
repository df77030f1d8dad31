import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadModelStorage, ReadModelStore } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { memoryKeyStore, memoryReadModelStore } from '@ledgerline/es-testing';
import { embedded, type EmbeddedOptions } from './embedded.js';

const KEY = Buffer.alloc(32, 1).toString('base64');

describe('the embedded storage', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'ledgerline-embedded-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  it('makes a topic, with its genesis records, for whoever writes it', async () => {
    const storage = embedded({ dataDir, partitions: 3 });
    await expect(storage.openLog('parcels.events', { role: 'reader' })).rejects.toMatchObject({
      code: 'log-unavailable',
    });
    const written = await storage.openLog('parcels.events', { role: 'writer' });
    const read = await storage.openLog('parcels.events', { role: 'reader' });
    expect(read.partitions).toBe(3);
    expect(await verifyChain(read, storage.platform)).toBe(await verifyChain(written, storage.platform));
    for (const log of [read, written]) await log.close();
    const known = { logs: ['invoices.events'], commands: [] };
    expect(await storage.findUnknownTopics(known)).toEqual({ logs: ['parcels.events'], unreadable: [] });
  });

  it('keeps a master key of its own, which it generates once', async () => {
    const { personal } = embedded({ dataDir });
    expect(await personal?.masterKeys()).toBeUndefined();
    expect(await personal?.generateMasterKey?.()).toBe(join(dataDir, 'master.key'));
    const generated = (await personal?.masterKeys())?.newestId;
    expect(await personal?.generateMasterKey?.()).toBeUndefined();
    expect((await embedded({ dataDir }).personal?.masterKeys())?.newestId).toBe(generated);
  });

  it('generates none where master keys are given, or the keys that they wrap lie elsewhere', async () => {
    const { personal } = embedded({ dataDir, masterKeys: () => ({ text: KEY, source: 'the vault' }) });
    expect(personal?.generateMasterKey).toBeUndefined();
    expect((await personal?.masterKeys())?.source).toBe('the vault');
    const store: ReadModelStore = memoryReadModelStore();
    const elsewhere: ReadModelStorage = {
      openReadModels: () => Promise.resolve(store),
      openKeys: () => Promise.resolve(memoryKeyStore()),
    };
    const storage = embedded({ dataDir, readModels: elsewhere });
    expect(storage.personal?.generateMasterKey).toBeUndefined();
    expect(await storage.openReadModels()).toBe(store);
  });

  it.each<[object, string]>([
    [{}, 'embedded: dataDir must be the path of a directory'],
    [{ dataDir: '' }, 'embedded: dataDir must be the path of a directory'],
    [{ dataDir: 'x', partitions: 0 }, 'embedded: partitions must be a whole number from 1 to 1000'],
    [{ dataDir: 'x', partitions: '4' }, 'embedded: partitions must be a whole number from 1 to 1000'],
    [{ dataDir: 'x', masterKeys: KEY }, 'embedded: masterKeys must be a function'],
    [{ dataDir: 'x', readModels: 'mongodb://user:hunter2@m' }, 'embedded: readModels must be a store of read models'],
    [{ dataDir: 'x', partition: 4 }, 'embedded: Unrecognized key: "partition"'],
  ])('refuses %j and names the option, never its value', (options, message) => {
    expect(() => embedded(options as EmbeddedOptions)).toThrow(message);
    expect(() => embedded(options as EmbeddedOptions)).not.toThrow(/hunter2|AQEB/);
  });
});
