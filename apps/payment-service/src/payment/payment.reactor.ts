import { type CommandAnswer, type EventContext, type EventOf, type RejectionOf } from '@ledgerline/es-core';
import { type AggregateOf, Effect, InjectAggregate, LOG, type Log, reactorMetadata } from '@ledgerline/es-nest';
import type { orderEvents, paymentEvents, returnEvents } from '@ledgerline/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.js';
import { payment } from './payment.aggregate.js';

const PAYMENT_PROCESS = 'payment-process';

/** Both ways to learn of a cancelled order lead to this one refund. */
const CANCELLATION_REFUND = 'order-cancelled';

/** The payment's part of the order process, and the gateway's calls. */
@Controller()
export class PaymentReactor {
  constructor(
    @InjectAggregate(payment) private readonly payments: AggregateOf<typeof payment>,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @EventPattern('OrderCreated')
  async request(event: EventOf<typeof orderEvents, 'OrderCreated'>): Promise<void> {
    const { orderId, customerId, currency, total } = event.data;
    const request = { type: 'RequestPayment', customerId, amount: { amount: total, currency } } as const;
    const metadata = reactorMetadata(event, 'RequestPayment', PAYMENT_PROCESS);
    // A rejection is an order that was cancelled first: nothing is left to do.
    await this.payments.send(orderId, request, metadata);
  }

  @EventPattern('OrderCancelled')
  async cancel(event: EventOf<typeof orderEvents, 'OrderCancelled'>): Promise<void> {
    const { orderId, reason } = event.data;
    const metadata = reactorMetadata(event, 'CancelPayment', PAYMENT_PROCESS);
    const answer = await this.payments.send(orderId, { type: 'CancelPayment', reason }, metadata);
    if (answer.status === 'rejected' && answer.rejection.code === 'payment-already-processed')
      await this.#refundCancelled(orderId, event);
  }

  /** The order was cancelled while it was being paid: the rejection is all there is to learn it from. */
  @EventPattern('ConfirmOrderRejected')
  async refundUnconfirmed(rejection: RejectionOf<typeof orderEvents, 'ConfirmOrder'>): Promise<void> {
    await this.#refundCancelled(rejection.context.aggregateId, rejection);
  }

  @EventPattern('ReturnRegistered')
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
    const metadata = reactorMetadata(event, 'RefundPayment', PAYMENT_PROCESS);
    const answer =
      orderId === undefined
        ? await this.payments.send(returnId, refund, metadata)
        : await this.payments.send(orderId, { ...refund, orderId }, metadata);
    this.#tellRefused(answer);
  }

  /** Also after the payment was cancelled or has expired: what the gateway took has to be known to be given back. */
  @Effect('PaymentAttempted', { settledBy: ['PaymentProcessed', 'PaymentDeclined'] })
  async charge(event: EventOf<typeof paymentEvents, 'PaymentAttempted'>): Promise<void> {
    const { orderId, attempt, method, amount } = event.data;
    const outcome = await this.gateway.charge({ key: event.context.id, paymentId: orderId, amount, method });
    const metadata = reactorMetadata(event, 'RecordOutcome', PAYMENT_PROCESS);
    await this.payments.send(orderId, { type: 'RecordOutcome', attempt, ...outcome }, metadata);
  }

  @Effect('PaymentRefunded', {
    settledBy: ['RefundPaidOut'],
    hasOutcome: ({ data }: EventOf<typeof paymentEvents, 'PaymentRefunded'>) => data.outcomeFollows,
  })
  async refund(event: EventOf<typeof paymentEvents, 'PaymentRefunded'>): Promise<void> {
    const { paymentId, refundId, amount } = event.data;
    await this.gateway.refund({ key: event.context.id, paymentId, amount });
    const metadata = reactorMetadata(event, 'RecordRefund', PAYMENT_PROCESS);
    await this.payments.send(paymentId, { type: 'RecordRefund', refundId }, metadata);
  }

  async #refundCancelled(orderId: string, cause: { readonly context: EventContext }): Promise<void> {
    const metadata = reactorMetadata(cause, 'RefundPayment', PAYMENT_PROCESS);
    const refund = { refundId: CANCELLATION_REFUND, orderId, reason: 'order-cancelled' } as const;
    this.#tellRefused(await this.payments.send(orderId, { type: 'RefundPayment', ...refund }, metadata));
  }

  /** Nobody is there to be told; the verdict stays in the log. */
  #tellRefused(answer: CommandAnswer): void {
    if (answer.status === 'rejected')
      this.log.warn('refund-refused', { stream: answer.stream, code: answer.rejection.code });
  }
}
