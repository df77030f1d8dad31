import {
  type CommandAnswer,
  type EventContext,
  type EventOf,
  type RejectionOf,
  send,
  type Send,
} from '@ledgerline/es-core';
import {
  type AggregateOf,
  Effect,
  InjectAggregate,
  LOG,
  type Log,
  On,
  OnRejected,
  reactionMetadata,
  Reactor,
} from '@ledgerline/es-nest';
import { orderEvents, paymentEvents, returnEvents } from '@ledgerline/events';
import { Inject } from '@nestjs/common';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.js';
import { payment } from './payment.aggregate.js';

const PAYMENT_PROCESS = 'payment-process';

/** Both ways to learn of a cancelled order lead to this one refund. */
const CANCELLATION_REFUND = 'order-cancelled';

/** The payment's part of the order process, and the gateway's calls. */
@Reactor(PAYMENT_PROCESS, { from: 'start' })
export class PaymentReactor {
  constructor(
    @InjectAggregate(payment) private readonly payments: AggregateOf<typeof payment>,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A rejection is an order that was cancelled first: nothing is left to do. */
  @On(orderEvents, 'OrderCreated')
  request({ data }: EventOf<typeof orderEvents, 'OrderCreated'>): Send {
    const { orderId, customerId, currency, total } = data;
    return send(payment, orderId, { type: 'RequestPayment', customerId, amount: { amount: total, currency } });
  }

  @On(orderEvents, 'OrderCancelled')
  async cancel(event: EventOf<typeof orderEvents, 'OrderCancelled'>): Promise<void> {
    const { orderId, reason } = event.data;
    const metadata = reactionMetadata(event, 'CancelPayment', PAYMENT_PROCESS);
    const answer = await this.payments.send(orderId, { type: 'CancelPayment', reason }, metadata);
    if (answer.status === 'rejected' && answer.rejection.code === 'payment-already-processed')
      await this.#refundCancelled(orderId, event);
  }

  /** The order was cancelled while it was being paid: the rejection is all there is to learn it from. */
  @OnRejected(orderEvents, 'ConfirmOrder')
  async refundUnconfirmed(rejection: RejectionOf<typeof orderEvents, 'ConfirmOrder'>): Promise<void> {
    await this.#refundCancelled(rejection.context.aggregateId, rejection);
  }

  @On(returnEvents, 'ReturnRegistered')
  async refundReturn(event: EventOf<typeof returnEvents, 'ReturnRegistered'>): Promise<void> {
    const { returnId, orderId, total, currency } = event.data;
    const amount = { amount: total, currency };
    const refund = {
      type: 'RefundPayment',
      refundId: `return-${returnId}`,
      returnId,
      amount,
      reason: 'return',
    } as const;
    const metadata = reactionMetadata(event, 'RefundPayment', PAYMENT_PROCESS);
    const answer =
      orderId === undefined
        ? await this.payments.send(returnId, refund, metadata)
        : await this.payments.send(orderId, { ...refund, orderId }, metadata);
    this.#tellRefused(answer);
  }

  /** Also after the payment was cancelled or has expired: what the gateway took has to be known to be given back. */
  @Effect(paymentEvents, 'PaymentAttempted', { settledBy: ['PaymentProcessed', 'PaymentDeclined'] })
  async charge({ data, context }: EventOf<typeof paymentEvents, 'PaymentAttempted'>): Promise<Send> {
    const { orderId, attempt, method, amount } = data;
    const outcome = await this.gateway.charge({ key: context.id, paymentId: orderId, amount, method });
    return send(payment, orderId, { type: 'RecordOutcome', attempt, ...outcome });
  }

  @Effect(paymentEvents, 'PaymentRefunded', {
    settledBy: 'RefundPaidOut',
    hasOutcome: ({ data }) => data.outcomeFollows,
  })
  async refund({ data, context }: EventOf<typeof paymentEvents, 'PaymentRefunded'>): Promise<Send> {
    const { paymentId, refundId, amount } = data;
    await this.gateway.refund({ key: context.id, paymentId, amount });
    return send(payment, paymentId, { type: 'RecordRefund', refundId });
  }

  async #refundCancelled(orderId: string, cause: { readonly context: EventContext }): Promise<void> {
    const metadata = reactionMetadata(cause, 'RefundPayment', PAYMENT_PROCESS);
    const refund = { refundId: CANCELLATION_REFUND, orderId, reason: 'order-cancelled' } as const;
    this.#tellRefused(await this.payments.send(orderId, { type: 'RefundPayment', ...refund }, metadata));
  }

  /** Nobody is there to be told; the verdict stays in the log. */
  #tellRefused(answer: CommandAnswer): void {
    if (answer.status === 'rejected')
      this.log.warn('refund-refused', { stream: answer.stream, code: answer.rejection.code });
  }
}
