import type { ForwardedCommand, NotForwarded, Outcome } from '@ledgerline/es-core';
import type { ForwardedAnswer } from './forwarded-answer.js';
import { ForwardLane } from './forward-lane.js';

const command = (id: string, filler = ''): ForwardedCommand => ({
  ...{ category: 'counter', id, command: { type: 'Count', filler } as never, metadata: { commandId: id } },
});
const accepted = (version: number): Outcome => ({
  status: 'accepted',
  repeated: false,
  version,
  ordinal: 1,
  events: [],
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
const sendTo = async (lane: ForwardLane, id: string, filler?: string): Promise<Outcome | NotForwarded | undefined> =>
  await lane.send(command(id, filler));

/** Nothing of it was sent. */
const NOT_SENT: NotForwarded = { status: 'not-forwarded' };
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
      onTrouble: (error) => troubles.push(error),
    });
  });

  it('sends together what comes together, one request at a time, and answers each', async () => {
    const first = ['a', 'b'].map((id) => sendTo(lane, id));
    await turn();
    const second = ['c', 'd', 'e'].map((id) => sendTo(lane, id));
    await turn();
    expect(other.batches).toEqual([['a', 'b']]);
    other.answer([{ outcome: accepted(1) }, { undecided: true }]);
    expect(await Promise.all(first)).toEqual([accepted(1), sentAs(2)]);
    await turn();
    expect(other.batches).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    const facts = { stream: 'counter-c', expected: 1, actual: 2 };
    other.answer([
      { error: { code: 'wrong-expected-version', message: 'm', retriable: true, facts } },
      { outcome: accepted(2) },
      { caughtUp: true },
    ]);
    expect(await Promise.allSettled(second)).toMatchObject([
      { reason: { code: 'wrong-expected-version', actual: 2 } },
      { value: { version: 2 } },
      { value: sentAs(5) },
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
    other.answer([{ outcome: accepted(5) }]);
    expect(await again).toEqual(accepted(5));
  });

  it('has what was not sent yet decided here when it is closed, and waits for what was', async () => {
    const sent = lane.send(command('a'));
    await turn();
    const waiting = lane.send(command('b'));
    lane.close({ abort: false });
    expect(await waiting).toEqual(NOT_SENT);
    expect(lane.send(command('c'))).toBeUndefined();
    other.answer([{ outcome: accepted(1) }]);
    expect(await sent).toEqual(accepted(1));
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
    other.answer([{ outcome: accepted(1) }, { outcome: accepted(2) }]);
    await Promise.all(sent.slice(0, 2));
    await turn();
    other.answer([{ outcome: accepted(3) }]);
    expect(await Promise.all(sent)).toEqual([accepted(1), accepted(2), accepted(3)]);
    expect(other.batches).toEqual([['a', 'b'], ['c']]);
  });

  it('takes only so many at once', async () => {
    const sent = Array.from({ length: 10_000 }, (_, index) => sendTo(lane, String(index)));
    await expect(lane.send(command('more'))).rejects.toMatchObject({ code: 'overloaded' });
    lane.close({ abort: true });
    expect(new Set((await Promise.all(sent)).map((answer) => answer?.status))).toEqual(new Set(['not-forwarded']));
  });
});
