import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { beforeGenesis, catalogueOf, Chain, type Commit, eventsIn, verifyChain } from '@ledgerline/es-core/runtime';
import { memoryLog, recordedTopic, testPlatform } from '@ledgerline/es-testing';
import { orderEvents } from './order.events.js';
import { paymentEvents } from './payment.events.js';
import { ordersTopicEvents } from './topics.js';

const platform = testPlatform({ seed: 1 });
const recording = (topic: string): string =>
  readFileSync(new URL(`../../../samples/recordings/2026-11/${topic}.ndjson`, import.meta.url), 'utf8');

/** What counts of the recording, by the chain rule, and how many records it has. */
const counted = async (topic: string): Promise<{ readonly commits: readonly Commit[]; readonly records: number }> => {
  const stored = recordedTopic(topic, recording(topic));
  const logId = await verifyChain(memoryLog(stored), platform);
  const commits: Commit[] = [];
  let records = 0;
  for (let partition = 0; partition < stored.partitions; partition += 1) {
    const chain = new Chain(platform, beforeGenesis(logId));
    const { start, end } = stored.bounds(partition);
    records += end - start;
    for (const record of stored.slice(partition, start, end)) {
      const commit = chain.take(record);
      if (commit) commits.push(commit);
    }
  }
  return { commits, records };
};

describe.each([
  ['orders.events', catalogueOf(ordersTopicEvents)],
  ['payments.events', paymentEvents.catalogue],
])('what was recorded in November 2026: %s', (topic, catalogue) => {
  it('counts, record by record', async () => {
    const { commits, records } = await counted(topic);
    expect(commits.flat()).toHaveLength(records);
  });

  it('is read to the last event', async () => {
    const { commits } = await counted(topic);
    const stored = commits.flat().filter(({ kind }) => kind === 'event');
    const events = eventsIn(commits, catalogue, { topic, partition: 0 });
    expect(events.map(({ context }) => context.id)).toEqual(stored.map(({ id }) => id));
  });
});

describe('an order that was created before its creation had a time', () => {
  it('was created when it was placed', async () => {
    const { commits } = await counted(orderEvents.topic);
    const created = commits.flat().filter(({ type }) => type.startsWith('OrderCreated'));
    expect(new Set(created.map(({ type }) => type))).toEqual(new Set(['OrderCreated.v1']));
    for (const { type, value } of created) {
      const data = JSON.parse(value) as { readonly placedAt: string };
      expect(data).not.toHaveProperty('createdAt');
      expect(orderEvents.catalogue.decode([{ type, data: value }])).toEqual([
        [{ type: 'OrderCreated', data: { ...data, createdAt: data.placedAt } }],
      ]);
    }
  });
});
