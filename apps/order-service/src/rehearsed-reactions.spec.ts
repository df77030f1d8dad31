import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  type EventCatalogue,
  eventCatalogue,
  eventType,
  type EventType,
  type TopicRehearsal,
} from '@ledgerline/es-core';
import { memoryLog, memoryStorage, type MemoryTopic, recordedTopic } from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { z } from 'zod';

const { cartCheckedOutV1, cartEventTypes, orderEventTypes, ordersTopic, paymentsTopic, returnAcceptedV1 } = events;

const recorded = new Map<string, MemoryTopic>(
  [ordersTopic, paymentsTopic].map(({ topic }) => {
    const file = new URL(`../../../samples/recordings/2026-11/${topic}.ndjson`, import.meta.url);
    return [topic, recordedTopic(topic, readFileSync(file, 'utf8'))];
  }),
);

/** The published language of a release in which every one of these events says what it was ordered through. */
const nextRelease = (type: string, v1: typeof cartCheckedOutV1 | typeof returnAcceptedV1): typeof events => {
  const v2 = v1.extend({ channel: z.string() });
  const toV2 = (data: object): object => ({ ...data, channel: 'web' });
  const next = <Type extends EventType<never>>(types: readonly Type[]): readonly Type[] =>
    types.map((one) => (one.name === type ? (eventType(type, [v1, v2] as never, [toV2] as never) as never) : one));
  const [carts, orders] = [next(cartEventTypes as never), next(orderEventTypes as never)] as [never[], never[]];
  const catalogue: EventCatalogue<events.OrdersEvent> = eventCatalogue([
    ...carts,
    ...orders,
    ...events.returnEventTypes,
  ]);
  return {
    ...{ ...events, cartCatalogue: eventCatalogue(carts), orderCatalogue: eventCatalogue(orders) },
    ...{ orderEvents: catalogue, ordersTopic: { ...ordersTopic, catalogue } },
  };
};

/** Nothing is written. */
const storage = memoryStorage({
  openLog: (topic, { role }) =>
    role === 'reader' ? Promise.resolve(memoryLog(recorded.get(topic))) : Promise.reject(new Error('not asked for')),
});

describe('the rehearsal of a release by the order service', () => {
  afterEach(() => void jest.resetModules());

  /** By the very same service, loaded with what the release publishes. */
  const rehearsedWith = async (published: () => typeof events): Promise<TopicRehearsal | undefined> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', published);
    const { orderService } = await import('./fixtures/loaded-service.js');
    const found = await orderService.rehearse?.(storage);
    return found?.topics[0];
  };

  it('does every reaction again, and finds nothing where nothing has changed', async () => {
    const before = [...recorded.values()].map((log) => [log.bounds(0).end, log.bounds(1).end]);
    expect(await rehearsedWith(() => events)).toMatchObject({ reactions: 11, notRehearsed: 0, findings: [] });
    expect([...recorded.values()].map((log) => [log.bounds(0).end, log.bounds(1).end])).toEqual(before);
  });

  it.each([
    ['CartCheckedOut', cartCheckedOutV1, 'CreateOrder', 6],
    ['ReturnAccepted', returnAcceptedV1, 'RegisterReturn', 1],
  ] as const)('names what a changed %s changes in the commands that copy it', async (type, v1, command, count) => {
    const { findings, findingsCount } = (await rehearsedWith(() => nextRelease(type, v1))) ?? {};
    expect(findingsCount).toBe(count);
    for (const finding of findings ?? [])
      expect(finding).toEqual({
        ...{ problem: 'reaction-changed', type: command, version: 1 },
        stream: expect.stringMatching(/^(order-\d+|return-C\d+)$/),
        position: expect.stringMatching(/^orders\.events\/\d@\d+$/),
        detail: expect.stringMatching(new RegExp(`^${type} \\S+@\\d leads to it with other data: channel$`)),
      });
  });
});
