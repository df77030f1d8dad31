import { describe, expect, it } from '@jest/globals';
import { type CommandOf, decide, fold } from '@ledgerline/es-core';
import type { Money, PaymentEvent } from '@ledgerline/events';
import fc from 'fast-check';
import { payment } from './payment.aggregate.js';
import type { PaymentState } from './payment.state.js';

type Command = CommandOf<typeof payment>;
type DatedCommand = Command & { readonly at: string };

const seed = 20_260_101;
const orderId = 'o-1';
const start = Date.parse('2026-01-01T12:00:00.000Z');
const pounds = (pence: number): Money => ({ amount: (pence / 100).toFixed(2), currency: 'GBP' });
const price = pounds(1530);

/** Commands of anybody: the process, the customer, the gateway, the clock; in any order and as often as they like. */
const attempt = fc.integer({ min: 1, max: 4 });
const refundId = fc.constantFrom('r-1', 'r-2', 'r-3', 'attempt-1');
const pence = fc.integer({ min: 0, max: 2000 }).map(pounds);
const refunds: fc.Arbitrary<CommandOf<typeof payment, 'RefundPayment'>> = fc.oneof(
  fc.record({ refundId, amount: fc.option(pence, { nil: undefined }) }).map(({ refundId, amount }) => ({
    ...({ type: 'RefundPayment', refundId, orderId, reason: 'order-cancelled' } as const),
    ...(amount ? { amount } : {}),
  })),
  fc.record({ refundId, amount: pence }).map(({ refundId, amount }) => ({
    ...({ type: 'RefundPayment', refundId: `own-${refundId}`, returnId: orderId, amount, reason: 'return' } as const),
  })),
);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constant({ type: 'RequestPayment', customerId: 'c-1', amount: price } as const),
  fc.constant({ type: 'ProcessPayment', method: 'tok_ok' } as const),
  attempt.map((attempt) => ({ type: 'RecordOutcome', attempt, outcome: 'processed', reference: 'ref' }) as const),
  attempt.map((attempt) => ({ type: 'RecordOutcome', attempt, outcome: 'declined', reason: 'no funds' }) as const),
  fc.constant({ type: 'CancelPayment', reason: 'order cancelled' } as const),
  fc.constant({ type: 'ExpirePayment' } as const),
  refunds,
);
/** Decision times never go back. */
const history = fc.array(fc.tuple(command, fc.integer({ min: 0, max: 30_000 })), { maxLength: 40 }).map((steps) => {
  let now = start;
  return steps.map(([command, later]) => ({ ...command, at: new Date((now += later)).toISOString() }) as DatedCommand);
});

const decided = (state: PaymentState, { at, ...command }: DatedCommand) =>
  decide(payment, state, { command: command as Command, at, id: orderId, context: { payWithin: 60 } });

/** The state after the commands, and the states on the way. */
const run = (commands: readonly DatedCommand[], from = payment.initialState): readonly PaymentState[] => {
  const states = [from];
  let state = from;
  for (const command of commands) {
    const events: readonly PaymentEvent[] = decided(state, command).events ?? [];
    state = fold(payment, events, state);
    states.push(state);
  }
  return states;
};

const last = (states: readonly PaymentState[]): PaymentState => states.at(-1) ?? payment.initialState;

const at = '2030-01-01T00:00:00.000Z';
/** What the gateway still owes an answer for is answered: paid, the worst case. */
const settled = (state: PaymentState): PaymentState => {
  const attempts = 'attempts' in state.payment ? state.payment.attempts : [];
  const open = attempts.filter(({ outcome }) => outcome === 'pending');
  const outcome = { outcome: 'processed', reference: 'ref' } as const;
  return last(
    run(
      open.map(({ attempt }) => ({ type: 'RecordOutcome', at, attempt, ...outcome })),
      state,
    ),
  );
};

/** Pence of the order's money that nobody gave back. */
const kept = ({ payment, refunds }: PaymentState): number => {
  const inPence = ({ amount }: Money): number => Number(amount.replace('.', ''));
  const charged = 'attempts' in payment ? payment.attempts.filter(({ outcome }) => outcome === 'processed') : [];
  const given = refunds.filter((refund) => refund.orderId !== undefined).map(({ amount }) => inPence(amount));
  return charged.length * inPence(price) - given.reduce((sum, amount) => sum + amount, 0);
};

describe('a payment, whatever comes in and in whatever order', () => {
  it('keeps no money once it is cancelled or expired and every attempt is answered', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const state = settled(last(run(commands)));
        const { status } = state.payment;
        if (status === 'cancelled' || status === 'expired' || status === 'called-off') expect(kept(state)).toBe(0);
      }),
      { seed, numRuns: 3000 },
    );
  });

  it('keeps no money of an order that is cancelled at any moment, when the refund follows that a refusal asks for', () => {
    fc.assert(
      fc.property(history, history, (before, after) => {
        const cancelling: DatedCommand = { type: 'CancelPayment', at, reason: 'order cancelled' };
        const states = run(before);
        const refused = decided(last(states), cancelling).rejection !== undefined;
        const refund: DatedCommand = {
          type: 'RefundPayment',
          at,
          refundId: 'all',
          orderId,
          reason: 'order-cancelled',
        };
        const cancelled = last(run(refused ? [cancelling, refund] : [cancelling], last(states)));
        expect(
          kept(
            settled(
              last(
                run(
                  after.map((command) => ({ ...command, at })),
                  cancelled,
                ),
              ),
            ),
          ),
        ).toBe(0);
      }),
      { seed, numRuns: 3000 },
    );
  });

  /** What the order accepts: returns that are together worth no more than was paid, and its cancellation after some of them. */
  const accepted = fc
    .record({ worth: fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 5 }), ends: fc.boolean() })
    .map(({ worth, ends }) => {
      let left = 1530;
      const returns = worth.filter((value) => value <= left && (left -= value) >= 0);
      return { returns, cancelled: ends, figure: ends ? 1530 : 1530 - left };
    })
    .chain(({ returns, cancelled, figure }) =>
      fc.record({
        figure: fc.constant(figure),
        commands: fc.shuffledSubarray(
          [
            ...returns.map((value, i) => ({
              ...({ type: 'RefundPayment', at, refundId: `return-${i}`, orderId, reason: 'return' } as const),
              ...{ returnId: `${i}`, amount: pounds(value) },
            })),
            ...(cancelled
              ? [
                  {
                    type: 'RefundPayment',
                    at,
                    refundId: 'order-cancelled',
                    orderId,
                    reason: 'order-cancelled',
                  } as const,
                ]
              : []),
          ],
          { minLength: returns.length + (cancelled ? 1 : 0) },
        ),
      }),
    );

  it('gives back what the reports count, whatever order returns and a cancellation after them are seen in', () => {
    const paid: readonly DatedCommand[] = [
      { type: 'RequestPayment', at, customerId: 'c-1', amount: price },
      { type: 'ProcessPayment', at, method: 'tok_ok' },
      { type: 'RecordOutcome', at, attempt: 1, outcome: 'processed', reference: 'ref' },
    ];
    fc.assert(
      fc.property(accepted, ({ figure, commands }) => {
        // Returns count as what they are worth, the cancellation as what is left of the order.
        expect(1530 - kept(last(run([...paid, ...commands])))).toBe(figure);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('never gives back more of an order than was paid, and is paid at most once', () => {
    fc.assert(
      fc.property(history, (commands) => {
        for (const state of run(commands)) {
          expect(kept(state)).toBeGreaterThanOrEqual(0);
          const attempts = 'attempts' in state.payment ? state.payment.attempts : [];
          expect(attempts.filter(({ outcome }) => outcome === 'processed').length).toBeLessThanOrEqual(1);
          expect(attempts.filter(({ outcome }) => outcome === 'pending').length).toBeLessThanOrEqual(1);
          expect(attempts.length).toBeLessThanOrEqual(3);
        }
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('takes every command twice as it takes it once, apart from asking for another attempt', () => {
    fc.assert(
      fc.property(history, (commands) => {
        let state = payment.initialState;
        for (const command of commands) {
          state = last(run([command], state));
          if (command.type !== 'ProcessPayment') expect(last(run([command], state))).toEqual(state);
        }
      }),
      { seed, numRuns: 500 },
    );
  });
});
