import { ReadableStream } from 'node:stream/web';
import type { Placed } from '../logs/counted-records.js';
import { causationTree } from './causation-tree.js';
import { findConversations, type TracedRecord } from './find-conversations.js';
import { treeText } from './tree-text.js';

const placed = (id: string, more: Partial<Placed> = {}): Placed => {
  const [stream = '', version = '0'] = id.split('@');
  return {
    ...{ kind: 'event', key: stream, value: '{}', id, type: 'Noted.v1', source: 'spec', version: Number(version) },
    ...{ time: '2026-01-01T00:00:00.000Z', index: 1, count: 1, prev: '', hash: '', offset: 0, fingerprint: '' },
    ...{ topic: 'orders.events', partition: 0, ordinal: 1, actor: 'ann' },
    ...{ commandId: `do-${id}`, correlationId: 'visit', causationId: `do-${id}` },
    ...more,
  };
};
/** What a reactor records because of `cause`. */
const following = (id: string, cause: string, more: Partial<Placed> = {}): Placed =>
  placed(id, { commandId: `${cause}.Follow`, causationId: cause, actor: 'system:spec', ...more });

const find = (id: string, records: readonly Placed[]): Promise<readonly TracedRecord[]> =>
  findConversations(id, () => ReadableStream.from(records) as unknown as AsyncIterable<Placed>);
const textOf = async (records: readonly Placed[], id = 'visit'): Promise<readonly string[]> =>
  treeText(causationTree(await find(id, records))).split('\n');
const namesOf = async (records: readonly Placed[], id = 'visit'): Promise<readonly string[]> =>
  causationTree(await find(id, records)).map(({ message, depth }) => `${depth} ${message.id}`);

describe('the conversation', () => {
  const records = [
    placed('cart-1@1'),
    placed('cart-2@1', { correlationId: 'other' }),
    placed('barrier', { kind: 'barrier', key: '' }),
    placed('cart-1@2', { correlationId: 'later', commandId: 'key-7' }),
    following('order-1@1', 'cart-1@2', { correlationId: 'later' }),
  ];

  it.each([
    ['itself', 'visit', ['cart-1@1']],
    ['an event', 'cart-1@2', ['cart-1@2', 'order-1@1']],
    ['a command', 'key-7', ['cart-1@2', 'order-1@1']],
    ['a command of a reactor', 'cart-1@2.Follow', ['cart-1@2', 'order-1@1']],
    ['a stream, which may be in several', 'cart-1', ['cart-1@1', 'cart-1@2', 'order-1@1']],
    ['nothing', 'cart-3', []],
  ])('is found by the id of %s', async (_what, id, expected) => {
    expect((await find(id, records)).map((record) => record.id)).toEqual(expected);
  });

  it('is told without what the events say', async () => {
    const [found] = await find('visit', [placed('cart-1@1', { value: '{"secret":1}' })]);
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});

describe('the tree of a conversation', () => {
  it('shows who wanted what, when and where, and what followed, over all topics', async () => {
    const time = '2026-01-01T00:00:01.000Z';
    const payments = { topic: 'payments.events', partition: 2, time };
    expect(
      await textOf([
        // As read: topic by topic, so an effect may come before its cause.
        following('order-1@2', 'payment-1@1', { ordinal: 9, time: '2026-01-01T00:00:02.000Z' }),
        placed('cart-1@1', { commandId: 'key-1', causationId: 'key-1' }),
        following('order-1@1', 'cart-1@1', { ordinal: 2 }),
        following('payment-1@1', 'order-1@1', { ...payments, ordinal: 5 }),
        placed('order-1@2/x', {
          ...{ kind: 'verdict', key: 'order-1', type: 'ConfirmOrder', value: '{"rejection":"order-cancelled"}' },
          ...{ commandId: 'payment-1@1.ConfirmOrder', causationId: 'payment-1@1', actor: 'system:spec', ordinal: 10 },
          time: '2026-01-01T00:00:03.000Z',
        }),
      ]),
    ).toEqual([
      'command key-1 by ann',
      '└─ Noted.v1  cart-1@1  orders.events/0@1  2026-01-01T00:00:00.000Z',
      '   └─ Follow by system:spec',
      '      └─ Noted.v1  order-1@1  orders.events/0@2  2026-01-01T00:00:00.000Z',
      '         └─ Follow by system:spec',
      '            └─ Noted.v1  payment-1@1  payments.events/2@5  2026-01-01T00:00:01.000Z',
      '               ├─ Follow by system:spec',
      '               │  └─ Noted.v1  order-1@2  orders.events/0@9  2026-01-01T00:00:02.000Z',
      '               └─ ConfirmOrder by system:spec: rejected, order-cancelled  order-1  orders.events/0@10  2026-01-01T00:00:03.000Z',
    ]);
  });

  it('keeps the events of one command together, and the same id in two streams apart', async () => {
    const twice = { commandId: 'key-1', causationId: 'key-1' };
    const records = [placed('cart-1@1', twice), placed('cart-2@1', twice), placed('cart-1@2', twice)];
    expect(await namesOf(records)).toEqual(['0 key-1', '1 cart-1@1', '1 cart-1@2', '0 key-1', '1 cart-2@1']);
  });

  it('has a root for each message that follows from nothing, and names causes that are elsewhere', async () => {
    const records = [
      placed('cart-1@1'),
      following('order-1@1', 'parcel-7@1'),
      placed('cart-2@1', { causationId: 'parcel-7@1' }),
    ];
    expect(await textOf(records)).toEqual([
      'command do-cart-1@1 by ann',
      expect.stringContaining('└─ Noted.v1  cart-1@1'),
      'parcel-7@1  (named as a cause, and not in this conversation)',
      '├─ Follow by system:spec',
      expect.stringContaining('│  └─ Noted.v1  order-1@1'),
      '└─ command do-cart-2@1 by ann',
      expect.stringContaining('   └─ Noted.v1  cart-2@1'),
    ]);
  });

  it('hangs a command on another one where that is what it names', async () => {
    const records = [
      placed('cart-1@1', { commandId: 'key', causationId: 'key' }),
      placed('cart-2@1', { causationId: 'key' }),
    ];
    expect(await namesOf(records)).toEqual(['0 key', '1 cart-1@1', '1 do-cart-2@1', '2 cart-2@1']);
  });

  it('shows a circle once, and says what it is', async () => {
    const records = [
      placed('cart-0@1'),
      following('cart-1@1', 'cart-3@1'),
      following('cart-2@1', 'cart-1@1'),
      following('cart-3@1', 'cart-2@1'),
      following('order-1@1', 'cart-2@1'),
    ];
    expect(await textOf(records)).toEqual([
      'command do-cart-0@1 by ann',
      expect.stringContaining('cart-0@1'),
      'Follow by system:spec  (a circle: it follows from cart-3@1)',
      expect.stringContaining('└─ Noted.v1  cart-1@1'),
      expect.stringContaining('   └─ Follow by system:spec'),
      expect.stringContaining('      └─ Noted.v1  cart-2@1'),
      expect.stringContaining('         ├─ Follow by system:spec'),
      expect.stringContaining('         │  └─ Noted.v1  cart-3@1'),
      expect.stringContaining('         └─ Follow by system:spec'),
      expect.stringContaining('            └─ Noted.v1  order-1@1'),
    ]);
  });

  it('holds thousands of messages, side by side and one behind the other', async () => {
    const wide = Array.from({ length: 20_000 }, (_, i) => following(`wide-${i}@1`, 'cart-1@1', { ordinal: i + 2 }));
    const deep = Array.from({ length: 20_000 }, (_, i) =>
      following(`deep@${i + 2}`, `deep@${i + 1}`, { partition: 1 }),
    );
    const tree = causationTree(await find('visit', [placed('cart-1@1'), placed('deep@1'), ...wide, ...deep]));
    expect(tree).toHaveLength(2 * (2 + 40_000));
    expect(Math.max(...tree.map(({ depth }) => depth))).toBe(40_001);
    const text = treeText(tree);
    expect(text).toContain('[40001] Noted.v1  deep@20001');
    expect(text.length).toBeLessThan(20_000_000);
  });
});
