import { setImmediate as others } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ReplyQueue } from './reply-queue.js';

const KIB = 1024;

describe('replies to commands', () => {
  /** A queue whose requests end when they are told; they are kept by how many bytes each topic was sent. */
  const queue = () => {
    const sent: Record<string, number>[] = [];
    const notSent: string[] = [];
    let end = (): void => undefined;
    let fail = (_error: Error): void => undefined;
    const replies = new ReplyQueue({
      sendAll: (topics) => {
        const bytesOf = (messages: readonly { readonly value: unknown }[]): number =>
          messages.reduce((sum, { value }) => sum + String(value).length, 0);
        sent.push(Object.fromEntries(topics.map(({ topic, messages }) => [topic, bytesOf(messages)])));
        return new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
      },
      onNotSent: (topic) => notSent.push(topic),
    });
    const one = async (settle: () => void): Promise<void> => {
      settle();
      await others();
    };
    return { replies, sent, notSent, end: () => one(end), fail: () => one(() => fail(new Error('gone'))) };
  };
  const reply = (bytes: number) => ({ value: 'x'.repeat(bytes) });

  it('are sent at once, and those that come meanwhile together, as many as one batch takes', async () => {
    const { replies, sent, end } = queue();
    for (const topic of ['a', 'a', 'b']) await replies.add(topic, reply(100));
    await replies.add('a', reply(250 * KIB));
    await replies.add('a', reply(100 * KIB));
    for (let request = 0; request < 3; request += 1) await end();
    await replies.flushed();
    expect(sent).toEqual([{ a: 100 }, { a: 100 + 250 * KIB, b: 100 }, { a: 100 * KIB }]);
  });

  it('wait together up to 4 MiB: what would come behind waits until some are sent', async () => {
    const { replies, sent, end } = queue();
    const added: number[] = [];
    const all = Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        await replies.add('a', reply(500 * KIB));
        added.push(i);
      }),
    );
    await others();
    expect(added).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    await end();
    expect(added).toHaveLength(10);
    for (let request = 1; request < 12; request += 1) await end();
    await all;
    await replies.flushed();
    expect([added.length, sent.length]).toEqual([12, 12]);
  });

  it('that cannot be sent are named, and keep no room', async () => {
    const { replies, sent, notSent, end, fail } = queue();
    for (let i = 0; i < 9; i += 1) await replies.add('a', reply(500 * KIB));
    const next = replies.add('b', reply(1));
    await fail();
    await next;
    expect(notSent).toEqual(['a']);
    for (let request = 1; request < 10; request += 1) await end();
    await replies.flushed();
    expect(sent.at(-1)).toEqual({ b: 1 });
  });
});
