import { type AcceptedAnswer, type BodyOf, type CommandMetadata, formatPosition, streamId } from '@ledgerline/es-core';
import {
  accepted,
  type AggregateOf,
  ApiRoute,
  ApiStateRoute,
  type AsOfQuery,
  asOfQuery,
  idParam,
  InjectAggregate,
  Meta,
  Rejected,
  ServiceEventStore,
  stateAsOf,
  upToDate,
  type Written,
  writtenAnswer,
} from '@ledgerline/es-nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { payment } from './payment.aggregate.js';
import { PaymentOutcomes } from './payment-outcomes.js';
import { type PaymentView, paymentView } from './payment.view.js';
import { paymentViewSchema, processAnswer } from './payment-view.schema.js';

/** So long a customer waits for the gateway before the answer is that it takes longer. */
const OUTCOME_WITHIN_MS = 5_000;

@Controller('payments')
export class PaymentController {
  constructor(
    @InjectAggregate(payment) private readonly payments: AggregateOf<typeof payment>,
    private readonly outcomes: PaymentOutcomes,
    private readonly store: ServiceEventStore,
  ) {}

  @Post(':orderId/process')
  @HttpCode(200)
  @ApiRoute({
    ...{ summary: 'Pays an order', command: true, answers: { 200: processAnswer, 202: processAnswer } },
    description:
      'Waits up to 5 s for the gateway. 200: the outcome is known, `status` says which (also when it was declined). ' +
      '202: it is not known yet; GET the payment, or repeat this with the same Idempotency-Key.',
    problems: [400, 409, 412, 413, 415, 422],
  })
  async process(
    @Param('orderId', { schema: idParam }) orderId: string,
    @Body({ schema: payment.commands.ProcessPayment }) { method }: BodyOf<typeof payment, 'ProcessPayment'>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written & PaymentView> {
    const answer = await this.payments.send(orderId, { type: 'ProcessPayment', method }, metadata);
    const begun = accepted(answer);
    const outcome = await this.outcomes.of(orderId, attemptIn(begun), OUTCOME_WITHIN_MS);
    if (!outcome) void reply.status(202).header('Location', `/payments/${orderId}`);
    const { version, position } = outcome
      ? { version: outcome.context.version, position: formatPosition(outcome.context) }
      : begun;
    // What was decided by another instance may not be folded here yet.
    await this.store.requireReached(position);
    // As it was with the outcome, so that a repeat is answered the same whatever came after.
    const view = paymentView((await this.payments.load(orderId, { version })).state);
    if (!view) throw new Error(`payment ${orderId} was processed and is absent`);
    return { ...writtenAnswer(reply, { ...begun, version, position }), ...view };
  }

  @Get(':orderId')
  @ApiStateRoute({
    summary: 'A payment, now or as it was',
    ...{ description: 'Of an order, or of a return that names no order.', answers: { 200: paymentViewSchema } },
    problems: [404, 409],
  })
  async payment(
    @Param('orderId', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PaymentView> {
    await upToDate(this.store, streamId(payment.category, id), reply);
    if (this.store.version(streamId(payment.category, id)) === 0 && then.at === undefined) throw notRequested(id);
    const view = paymentView(await stateAsOf({ aggregate: this.payments, id, then, reply }, this.store));
    if (!view) throw new Error(`payment ${id} has events and is absent`);
    return view;
  }
}

/** An accepted attempt always says its number, also when it is a repeat. */
const attemptIn = ({ stream, events }: AcceptedAnswer<typeof payment>): number => {
  const [attempted] = events();
  if (attempted?.type !== 'PaymentAttempted') throw new Error(`${stream}: an attempt was accepted and not recorded`);
  return attempted.data.attempt;
};

// The order may exist by now and its payment be on its way: asking again soon is right.
const notRequested = (orderId: string): Rejected =>
  new Rejected({ code: 'payment-not-requested', reason: `no payment was requested yet for ${orderId}` }, true);
