import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { defineEvents, type Events, since } from '@ledgerline/es-core';
import type { TopicRehearsal } from '@ledgerline/es-core/rehearsal';
import { memoryLog, memoryStorage, type MemoryTopic, recordedTopic } from '@ledgerline/es-testing';
import * as events from '@ledgerline/events';
import { z } from 'zod';

const { cartCheckedOutV1, cartEvents, orderEvents, paymentEvents, returnAcceptedV1 } = events;

const recorded = new Map<string, MemoryTopic>(
  [orderEvents, paymentEvents].map(({ topic }) => {
    const file = new URL(`../../../samples/recordings/2026-11/${topic}.ndjson`, import.meta.url);
    return [topic, recordedTopic(topic, readFileSync(file, 'utf8'))];
  }),
);

/** The published language of a release in which every one of these events says what it was ordered through. */
const nextRelease = (type: string, v1: typeof cartCheckedOutV1 | typeof returnAcceptedV1): object => {
  const v2 = since(v1).to(v1.extend({ channel: z.string() }), (data) => ({ ...data, channel: 'web' }) as never);
  const next = ({ topic, definitions, rejects }: Events): Events =>
    defineEvents(topic, type in definitions ? { ...definitions, [type]: v2 } : definitions, { rejects });
  const [carts, orders] = [next(cartEvents), next(orderEvents)];
  const ordersTopicEvents = [carts, orders, events.returnEvents, events.subjectEvents];
  return { ...events, cartEvents: carts, orderEvents: orders, ordersTopicEvents };
};

/** Nothing is written. */
const storage = memoryStorage({
  openLog: (topic, { role }) =>
    role === 'reader' ? Promise.resolve(memoryLog(recorded.get(topic))) : Promise.reject(new Error('not asked for')),
});

describe('the rehearsal of a release by the order service', () => {
  afterEach(() => void jest.resetModules());

  /** By the very same service, loaded with what the release publishes. */
  const rehearsedWith = async (published: () => object): Promise<TopicRehearsal | undefined> => {
    jest.resetModules();
    jest.unstable_mockModule('@ledgerline/events', published);
    const { makeApplication, orderService, rehearseServiceTopic } = await import('./fixtures/loaded-service.js');
    return (await rehearseServiceTopic(await makeApplication(orderService({ storage })))).topics[0];
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
