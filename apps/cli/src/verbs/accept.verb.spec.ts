import { cp, rm } from 'node:fs/promises';
import { toEnvelope } from '@ledgerline/es-core/runtime';
import { orderEvents, paymentEvents } from '@ledgerline/events';
import { EmbeddedShop } from '../fixtures/embedded-shop.js';
import { acceptVerb } from './accept.verb.js';

const TOPICS = [orderEvents.topic, paymentEvents.topic];

describe('es restore --accept', () => {
  let shop: EmbeddedShop;

  beforeEach(async () => {
    shop = await EmbeddedShop.open();
  });
  afterEach(() => shop.close());

  /** The log loses its end; the index of the order service has read it. */
  const loseTheEnd = async (): Promise<void> => {
    await shop.record(1, 'kept', 'order-service');
    await shop.keep('before');
    await shop.record(3, 'lost', 'order-service');
    await cp(shop.path('data/index'), shop.path('index'), { recursive: true });
    await shop.goBackTo('before');
    await rm(shop.path('data/index'), { recursive: true });
    await cp(shop.path('index'), shop.path('data/index'), { recursive: true });
  };
  const ahead = async (): Promise<readonly string[]> => {
    const { json } = await acceptVerb({ dryRun: true });
    return (json as { ahead: readonly { name: string }[] }).ahead.map(({ name }) => name);
  };
  /** Of each topic, the reactors whose outcomes are doubted. */
  const doubted = async (): Promise<readonly (readonly string[])[]> => {
    const streams = async (topic: string): Promise<readonly string[]> => {
      const records = (await shop.recordsOf(topic)).flat().map((record) => toEnvelope(record));
      return records.filter((one) => one?.type.startsWith('OutcomesDoubted')).map((one) => one?.key ?? '');
    };
    return await Promise.all(TOPICS.map(streams));
  };

  it('doubts outcomes before it drops anything: killed over that, everything is still ahead', async () => {
    await loseTheEnd();
    expect(await ahead()).toEqual(['the index of the order-service']);
    const killed = new Error('killed');
    await expect(acceptVerb({}, () => Promise.reject(killed))).rejects.toBe(killed);
    expect(await ahead()).toEqual(['the index of the order-service']);
    await acceptVerb({});
    expect((await doubted()).map(({ length }) => length)).toEqual([8, 8]);
    expect(await ahead()).toEqual([]);
  });

  it('doubts them, too, where nothing has read further than the logs go', async () => {
    await shop.record(1, 'kept', 'order-service');
    expect((await doubted()).flat()).toEqual([]);
    await acceptVerb({});
    for (const streams of await doubted()) expect(new Set(streams).size).toBe(8);
  });

  it('doubts nothing where it only says what it would do', async () => {
    await loseTheEnd();
    await ahead();
    expect((await doubted()).flat()).toEqual([]);
  });
});
