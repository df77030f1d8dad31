import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyStore } from '@ledgerline/es-core/adapter';
import { PersonalData, SubjectKeys } from '@ledgerline/es-core/privacy';
import { environment, readConfig, storageOf } from '@ledgerline/shop-environment';
import { breakFold, eventually, FollowedStream, memoryReadModelStore } from '@ledgerline/es-testing';
import type { Contact } from '@ledgerline/events';
import { orderConfirmed, orderCreated } from './fixtures/order-events.js';
import { ShopInMemory } from './fixtures/shop-in-memory.js';
import { orderPage } from './order-page/order-page.projection.js';

const ADA = { name: 'Ada Unmistakable', email: 'ada@unmistakable.example' };
const FORGOTTEN = { name: '[forgotten]', email: '[forgotten]' };

describe('personal data in the read models', () => {
  const readModels = memoryReadModelStore();
  let directory: string;
  let shop: ShopInMemory;
  let store: KeyStore;
  let keys: SubjectKeys;
  let contact: Contact;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-personal-'));
    const { personal, openKeys } = await storageOf(readConfig(environment, { DATA_DIR: directory }));
    if (!personal) throw new Error('personal data is kept everywhere');
    const { cryptography } = personal;
    shop = new ShopInMemory(readModels, { personal, openKeys });
    const { platform } = shop;
    store = await openKeys();
    await personal.generateMasterKey?.();
    const masterKeys = await personal.masterKeys();
    keys = new SubjectKeys({ store, cryptography, platform, masterKeys });
    const data = new PersonalData({ keys, cryptography, platform, onUnreadable: () => undefined });
    const unsealed = { contact: { name: { unsealed: ADA.name }, email: { unsealed: ADA.email } } };
    contact = (await data.seal('17850', unsealed)).command.contact;
    await shop.provision();
    await (
      await shop.start()
    ).ready;
  });
  afterAll(async () => {
    await shop.close();
    await store.close();
    await rm(directory, { recursive: true });
  });

  const ask = async (path: string, min?: string, method = 'GET') => {
    const answer = await fetch(`${shop.url}${path}`, { method, headers: min ? { 'x-min-position': min } : {} });
    return (await answer.json()) as { readonly contact?: unknown; readonly items: readonly { contact?: unknown }[] };
  };

  it('is in plain text in answers and streams, and sealed in documents', async () => {
    const min = await shop.recordOrder('a', orderCreated('a', { contact }), orderConfirmed('a', { contact }));
    expect((await ask('/orders/a', min)).contact).toEqual(ADA);
    expect((await ask('/orders', min)).items.map((order) => order.contact)).toEqual([ADA]);
    const stream = await FollowedStream.open(`${shop.url}/orders/a/stream`);
    expect((await stream.next())?.data['contact']).toEqual(ADA);
    stream.leave();
    await shop.recordOrder('a', orderConfirmed('a', { contact }));
    const [document] = (await readModels.load(await collectionOf(), ['a'])).values();
    expect(document?.document).toMatchObject({ order: { contact } });
  });

  it('is not in what is said of a parked document, whatever the fold says', async () => {
    const mend = breakFold(
      orderPage,
      () => true,
      ({ data }) => `cannot take ${JSON.stringify(data)}`,
    );
    await shop.recordOrder('b', orderCreated('b', { contact }));
    const parked = () => ask('/parked');
    await eventually(async () => expect((await parked()).items).toHaveLength(1));
    expect(JSON.stringify(await parked())).toContain('contact.email');
    const stored = [...(await readModels.load(await collectionOf(), ['a', 'b'])).values()];
    expect(stored.map((one) => one.parked !== undefined)).toEqual([false, true]);
    expect(JSON.stringify([await parked(), stored])).not.toContain('Unmistakable');
    mend();
  });

  it('reads as forgotten once the key is destroyed; documents and what they are held against stay the same', async () => {
    const collection = await collectionOf();
    const before = await readModels.load(collection, ['a']);
    await keys.forget('17850', '2010-12-01T12:00:00.000Z');
    shop.platform.moveClock(1_000);
    expect((await ask('/orders/a')).contact).toEqual(FORGOTTEN);
    expect((await ask('/orders')).items.map((order) => order.contact)).toEqual([FORGOTTEN]);
    const stream = await FollowedStream.open(`${shop.url}/orders/a/stream`);
    expect((await stream.next())?.data['contact']).toEqual(FORGOTTEN);
    stream.leave();
    expect(await ask('/projections/order-page/verify', undefined, 'POST')).toMatchObject({ divergentCount: 0 });
    expect(await readModels.load(collection, ['a'])).toEqual(before);
  });

  const collectionOf = async (): Promise<string> => {
    const names = await readModels.collections();
    const [name] = names.filter((one) => one.startsWith('order-page'));
    if (name === undefined) throw new Error(`there is no order page among ${names.join()}`);
    return name;
  };
});
