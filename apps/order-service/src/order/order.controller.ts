import type { AcceptedAnswer, CommandMetadata, EventOf } from '@ledgerline/es-core';
import { recordedEvents } from '@ledgerline/es-core/runtime';
import {
  accepted,
  type AggregateOf,
  ApiRoute,
  ApiStateRoute,
  type AsOfQuery,
  asOfQuery,
  derivedId,
  idParam,
  InjectAggregate,
  Meta,
  ServiceEventStore,
  stateAsOf,
  written,
  type Written,
  writtenAnswer,
} from '@ledgerline/es-nest';
import { cartEvents, idField } from '@ledgerline/events';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { cart } from '../cart/cart.aggregate.js';
import { orderViewSchema } from '../views.js';
import { createOrderFrom } from './create-order.js';
import { order } from './order.aggregate.js';
import { type OrderView, orderView } from './order.view.js';

type CartEvent = EventOf<typeof cartEvents>;

const { CancelOrder } = order.commands;
const placeOrder = cart.commands.CheckOutCart.extend({ orderId: idField.optional(), cartId: idField });

@Controller('orders')
export class OrderController {
  constructor(
    @InjectAggregate(order) private readonly orders: AggregateOf<typeof order>,
    @InjectAggregate(cart) private readonly carts: AggregateOf<typeof cart>,
    private readonly store: ServiceEventStore,
  ) {}

  @Post()
  @ApiRoute({
    ...{ summary: 'Places the order of a cart', command: true, answers: { 201: written } },
    description: "Checks the cart out and creates its order. If-Match is the cart's version.",
    problems: [400, 404, 409, 412, 413, 415, 422],
  })
  async place(
    @Body({ schema: placeOrder }) { cartId, orderId: given, ...wanted }: z.output<typeof placeOrder>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const { platform } = this.store;
    const commandId = metadata.commandId ?? platform.randomId();
    const orderId = given ?? derivedId(platform, 'order', commandId);
    const checkedOut = accepted(
      await this.carts.send(cartId, { type: 'CheckOutCart', orderId, ...wanted }, { ...metadata, commandId }),
    );
    const next = createOrderFrom(await this.#checkOutOf(checkedOut));
    const created = accepted(await this.orders.send(next.orderId, next.command, next.metadata));
    void reply.header('Location', `/orders/${orderId}`);
    return writtenAnswer(reply, created);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiRoute({
    ...{ summary: 'Cancels an order', command: true, answers: { 200: written } },
    ...{ description: 'What was paid is given back.', problems: [400, 404, 409, 412, 413, 415, 422] },
  })
  async cancel(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: CancelOrder }) { reason }: z.output<typeof CancelOrder>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const answer = await this.orders.send(id, { type: 'CancelOrder', reason }, metadata);
    return writtenAnswer(reply, accepted(answer));
  }

  @Get(':id')
  @ApiStateRoute({ summary: 'An order, now or as it was', answers: { 200: orderViewSchema }, problems: [404] })
  async order(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const view = orderView(await stateAsOf({ aggregate: this.orders, id, then, reply }, this.store));
    if (!view) throw new Error(`order ${id} has events and is absent`);
    return view;
  }

  /** The event of the cart's check-out: just recorded, or earlier, and then the last one that was decided on. */
  async #checkOutOf(answer: AcceptedAnswer<typeof cart>): Promise<EventOf<typeof cartEvents, 'CartCheckedOut'>> {
    const last = answer.events().at(-1) ?? (await this.#eventAt(answer));
    if (last?.type !== 'CartCheckedOut') throw new Error(`${answer.stream} was checked out and does not say so`);
    return last;
  }

  // The cart may have been opened again since.
  async #eventAt({ stream, version, position }: AcceptedAnswer<typeof cart>): Promise<CartEvent | undefined> {
    await this.store.requireReached(position);
    const [last] = this.store.read(stream, { from: version, to: version });
    const place = last && this.store.positionOf(stream, last.ordinal);
    return place && (recordedEvents(cartEvents.catalogue, [last], place).at(-1) as CartEvent | undefined);
  }
}
