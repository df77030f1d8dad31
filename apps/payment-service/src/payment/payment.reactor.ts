import { type CommandAnswer, type CommandRejected, idOf, type Recorded } from '@ledgerline/es-core';
import { Effect, LOG, type Log, reactorMetadata } from '@ledgerline/es-nest';
import type {
  OrderCancelled,
  OrderCreated,
  PaymentAttempted,
  PaymentEvent,
  PaymentRefunded,
  ReturnRegistered,
} from '@ledgerline/events';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { PAYMENT_GATEWAY, type PaymentGateway } from '../gateway/payment-gateway.js';
import { Payments } from './payments.js';

const PAYMENT_PROCESS = 'payment-process';

/** Both ways to learn of a cancelled order lead to this one refund. */
const CANCELLATION_REFUND = 'order-cancelled';

/** The payment's part of the order process, and the gateway's calls. */
@Controller()
export class PaymentReactor {
  constructor(
    private readonly payments: Payments,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @EventPattern('OrderCreated')
  async request(event: Recorded<OrderCreated>): Promise<void> {
    const { orderId, customerId, currency, total } = event.data;
    const wish = { orderId, customerId, amount: { amount: total, currency } };
    const metadata = reactorMetadata(event, 'RequestPayment', PAYMENT_PROCESS);
    // A rejection is an order that was cancelled first: its verdict says so, and nothing is left to do.
    await this.payments.handle(orderId, { type: 'RequestPayment', ...wish }, metadata);
  }

  @EventPattern('OrderCancelled')
  async cancel(event: Recorded<OrderCancelled>): Promise<void> {
    const { orderId, reason } = event.data;
    const metadata = reactorMetadata(event, 'CancelPayment', PAYMENT_PROCESS);
    const answer = await this.payments.handle(orderId, { type: 'CancelPayment', orderId, reason }, metadata);
    if (answer.status === 'rejected' && answer.rejection.code === 'payment-already-processed')
      await this.#refundCancelled(orderId, event);
  }

  /** The order was cancelled while it was being paid: the verdict is all there is to learn it from. */
  @EventPattern('ConfirmOrderRejected')
  async refundUnconfirmed(verdict: Recorded<CommandRejected>): Promise<void> {
    await this.#refundCancelled(idOf(verdict.context.stream), verdict);
  }

  @EventPattern('ReturnRegistered')
  async refundReturn(event: Recorded<ReturnRegistered>): Promise<void> {
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
        ? await this.payments.handle(returnId, refund, metadata)
        : await this.payments.handle(orderId, { ...refund, orderId }, metadata);
    this.#tellRefused(answer);
  }

  /** Also after the payment was cancelled or has expired: what the gateway took has to be known to be given back. */
  @Effect('PaymentAttempted', { settledBy: ['PaymentProcessed', 'PaymentDeclined'] })
  async charge(event: Recorded<PaymentAttempted>): Promise<void> {
    const { orderId, attempt, method, amount } = event.data;
    const outcome = await this.gateway.charge({ key: event.context.id, paymentId: orderId, amount, method });
    const metadata = reactorMetadata(event, 'RecordOutcome', PAYMENT_PROCESS);
    await this.payments.handle(orderId, { type: 'RecordOutcome', attempt, ...outcome }, metadata);
  }

  @Effect('PaymentRefunded', {
    settledBy: ['RefundPaidOut'],
    hasOutcome: ({ data }: Recorded<PaymentRefunded>) => data.outcomeFollows,
  })
  async refund(event: Recorded<PaymentRefunded>): Promise<void> {
    const { paymentId, refundId, amount } = event.data;
    await this.gateway.refund({ key: event.context.id, paymentId, amount });
    const metadata = reactorMetadata(event, 'RecordRefund', PAYMENT_PROCESS);
    await this.payments.handle(paymentId, { type: 'RecordRefund', refundId }, metadata);
  }

  async #refundCancelled(orderId: string, cause: Recorded): Promise<void> {
    const metadata = reactorMetadata(cause, 'RefundPayment', PAYMENT_PROCESS);
    const refund = { refundId: CANCELLATION_REFUND, orderId, reason: 'order-cancelled' } as const;
    this.#tellRefused(await this.payments.handle(orderId, { type: 'RefundPayment', ...refund }, metadata));
  }

  /** Nobody is there to be told; the verdict stays in the log. */
  #tellRefused(answer: CommandAnswer<PaymentEvent>): void {
    if (answer.status === 'rejected')
      this.log.warn('refund-refused', { stream: answer.stream, code: answer.rejection.code });
  }
}
