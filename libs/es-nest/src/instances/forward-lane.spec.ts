import type { ForwardedCommand, NotForwarded } from '@ledgerline/es-core/runtime';
import { ByteBudget } from './byte-budget.js';
import type { Answered, ForwardedAnswer, HandedOver } from './forwarded-answer.js';
import { ForwardLane } from './forward-lane.js';

const command = (id: string, filler = ''): ForwardedCommand => ({
  ...{ category: 'counter', id, command: { type: 'Count', filler } as never, metadata: { commandId: id } },
  fingerprint: 'f',
});
const accepted = (version: number): ForwardedAnswer => ({
  outcome: { status: 'accepted', repeated: false, version, ordinal: 1 },
});

/** The other side, which answers when it is told to. */
class OtherSide {
  readonly batches: string[][] = [];
  readonly #open: { resolve(answers: readonly ForwardedAnswer[]): void; reject(error: unknown): void }[] = [];

  readonly send = (body: string, signal: AbortSignal): Promise<readonly ForwardedAnswer[]> => {
    this.batches.push((JSON.parse(body) as ForwardedCommand[]).map(({ id }) => id));
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      this.#open.push({ resolve, reject });
    });
  };

  answer(answers: readonly ForwardedAnswer[]): void {
    this.#open.shift()?.resolve(answers);
  }

  fail(): void {
    this.#open.shift()?.reject(new Error('connection refused'));
  }
}

/** What becomes of it, whether that is known at once or not. */
const sendTo = async (lane: ForwardLane, id: string, filler?: string): Promise<HandedOver | undefined> =>
  await lane.send(command(id, filler));

const BUDGET = 3 * 1024 * 1024;

/** Nothing of it was sent. */
const NOT_SENT: NotForwarded = { status: 'not-forwarded' };
const answeredWith = (nth: number, answer: ForwardedAnswer): Answered => ({
  ...{ status: 'answered', answer, handover: `h${nth}` },
});
/** It was sent as the nth of the lane, and may be decided there at any time. */
const sentAs = (nth: number): NotForwarded => ({ status: 'not-forwarded', handover: `h${nth}` });

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a lane to another instance', () => {
  let now: number;
  let handovers: number;
  let other: OtherSide;
  let troubles: unknown[];
  let lane: ForwardLane;

  beforeEach(() => {
    [now, handovers] = [0, 0];
    other = new OtherSide();
    troubles = [];
    lane = new ForwardLane({
      ...{ partition: 1, send: other.send, now: () => now, newId: () => `h${(handovers += 1)}` },
      budget: new ByteBudget(BUDGET),
      onTrouble: (error) => troubles.push(error),
    });
  });

  it('sends together what comes together, one request at a time, and answers each', async () => {
    const first = ['a', 'b'].map((id) => sendTo(lane, id));
    await turn();
    const second = ['c', 'd', 'e'].map((id) => sendTo(lane, id));
    await turn();
    expect(other.batches).toEqual([['a', 'b']]);
    other.answer([accepted(1), { undecided: true }]);
    expect(await Promise.all(first)).toEqual([answeredWith(1, accepted(1)), answeredWith(2, { undecided: true })]);
    await turn();
    expect(other.batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    other.answer([accepted(2), { caughtUp: true }]);
    expect(await Promise.all(second)).toEqual([
      ...[answeredWith(3, accepted(2)), answeredWith(4, { caughtUp: true })],
      sentAs(5),
    ]);
  });

  it('has everything decided here when the other side does not answer, and does not ask it again for a moment', async () => {
    const sent = ['a', 'b'].map((id) => sendTo(lane, id));
    await turn();
    const waiting = sendTo(lane, 'c');
    other.fail();
    expect(await Promise.all([...sent, waiting])).toEqual([sentAs(1), sentAs(2), NOT_SENT]);
    expect(troubles).toHaveLength(1);
    expect(lane.send(command('d'))).toBeUndefined();
    now += 1_000;
    const again = lane.send(command('e'));
    await turn();
    other.answer([accepted(5)]);
    expect(await again).toEqual(answeredWith(4, accepted(5)));
  });

  it('has what was not sent yet decided here when it is closed, and waits for what was', async () => {
    const sent = lane.send(command('a'));
    await turn();
    const waiting = lane.send(command('b'));
    lane.close({ abort: false });
    expect(await waiting).toEqual(NOT_SENT);
    expect(lane.send(command('c'))).toBeUndefined();
    other.answer([accepted(1)]);
    expect(await sent).toEqual(answeredWith(1, accepted(1)));
  });

  it('waits for nothing from one that is gone', async () => {
    const sent = lane.send(command('a'));
    await turn();
    lane.close({ abort: true });
    expect(await sent).toEqual(sentAs(1));
    expect(troubles).toEqual([]);
  });

  it('sends no more than a request may have, and never what is too large for one', async () => {
    const filler = 'x'.repeat(400 * 1024);
    const sent = ['a', 'b', 'c'].map((id) => sendTo(lane, id, filler));
    expect(lane.send(command('large', 'x'.repeat(1024 * 1024)))).toBeUndefined();
    await turn();
    other.answer([accepted(1), accepted(2)]);
    await Promise.all(sent.slice(0, 2));
    await turn();
    other.answer([accepted(3)]);
    expect(await Promise.all(sent)).toMatchObject([1, 2, 3].map((version) => ({ answer: accepted(version) })));
    expect(other.batches).toEqual([['a', 'b'], ['c']]);
  });

  it('takes only so many at once', async () => {
    const sent = Array.from({ length: 10_000 }, (_, index) => sendTo(lane, String(index)));
    await expect(lane.send(command('more'))).rejects.toMatchObject({ code: 'overloaded' });
    lane.close({ abort: true });
    expect(new Set((await Promise.all(sent)).map((answer) => answer?.status))).toEqual(new Set(['not-forwarded']));
  });

  it('takes only so many bytes at once, whichever lane they take, and as many again once these are answered', async () => {
    const budget = new ByteBudget(BUDGET);
    const [first, second] = [1, 2].map(
      (partition) =>
        new ForwardLane({
          ...{ partition, send: other.send, budget, now: () => now, newId: () => 'h' },
          onTrouble: (error) => troubles.push(error),
        }),
    ) as [ForwardLane, ForwardLane];
    const filler = 'x'.repeat(800 * 1024);
    const sent = [sendTo(first, 'a', filler), sendTo(second, 'b', filler), sendTo(second, 'c', filler)];
    await expect(sendTo(first, 'd', filler)).rejects.toMatchObject({ code: 'overloaded', retriable: true });
    await turn();
    other.answer([accepted(1)]);
    await sent[0];
    const later = sendTo(first, 'e', filler);
    await turn();
    for (const lane of [first, second]) lane.close({ abort: true });
    expect(await Promise.all([...sent.slice(1), later])).toMatchObject([
      ...[{ status: 'not-forwarded' }, { status: 'not-forwarded' }, { status: 'not-forwarded' }],
    ]);
    expect(budget.take(BUDGET)).toBe(true);
  });
});
