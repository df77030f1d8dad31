import type { AcceptedAnswer, CommandMetadata, OutputOf } from '@ledgerline/es-core';
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
  ServiceEventStore,
  stateAsOf,
  written,
  type Written,
  writtenAnswer,
} from '@ledgerline/es-nest';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { cartViewSchema } from '../views.js';
import { cart } from './cart.aggregate.js';
import { cartView, type CartView } from './cart.view.js';

const { AddItemToCart, ChangeQuantity, RemoveItemFromCart } = cart.commands;
const lineIdParam = RemoveItemFromCart.shape.lineId;
const newQuantity = ChangeQuantity.omit({ lineId: true });
const itemWritten = written.extend({ lineId: z.string().describe('The line that the item went to.') });
const COMMAND_PROBLEMS = [400, 404, 409, 412, 422];

@Controller('carts')
export class CartController {
  constructor(
    @InjectAggregate(cart) private readonly carts: AggregateOf<typeof cart>,
    private readonly store: ServiceEventStore,
  ) {}

  @Post(':id/items')
  @HttpCode(200)
  @ApiRoute({
    ...{ summary: 'Adds an item to a cart', command: true, problems: [...COMMAND_PROBLEMS, 413, 415] },
    ...{ description: 'The same sku at the same price is one line.', answers: { 200: itemWritten } },
  })
  async addItem(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: AddItemToCart }) item: OutputOf<typeof AddItemToCart>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof itemWritten>> {
    const answer = accepted(await this.carts.send(id, { type: 'AddItemToCart', ...item }, metadata));
    return { ...writtenAnswer(reply, answer), lineId: lineIn(answer) };
  }

  @Patch(':id/lines/:lineId')
  @ApiRoute({
    ...{ summary: 'Changes the quantity of a line', command: true, problems: [...COMMAND_PROBLEMS, 413, 415] },
    answers: { 200: written },
  })
  async changeQuantity(
    @Param('id', { schema: idParam }) id: string,
    @Param('lineId', { schema: lineIdParam }) lineId: string,
    @Body({ schema: newQuantity }) { quantity }: z.output<typeof newQuantity>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const answer = await this.carts.send(id, { type: 'ChangeQuantity', lineId, quantity }, metadata);
    return writtenAnswer(reply, accepted(answer));
  }

  @Delete(':id/lines/:lineId')
  @ApiRoute({
    summary: 'Removes a line from a cart',
    ...{ command: true, answers: { 200: written }, problems: COMMAND_PROBLEMS },
  })
  async removeItem(
    @Param('id', { schema: idParam }) id: string,
    @Param('lineId', { schema: lineIdParam }) lineId: string,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    const answer = await this.carts.send(id, { type: 'RemoveItemFromCart', lineId }, metadata);
    return writtenAnswer(reply, accepted(answer));
  }

  @Get(':id')
  @ApiStateRoute({ summary: 'A cart, now or as it was', answers: { 200: cartViewSchema }, problems: [404] })
  async cart(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CartView> {
    return cartView(id, await stateAsOf({ aggregate: this.carts, id, then, reply }, this.store));
  }
}

/** An added item always says its line, also when it is a repeat. */
const lineIn = ({ stream, events }: AcceptedAnswer<typeof cart>): string => {
  const [added] = events();
  if (added?.type !== 'ItemAddedToCart') throw new Error(`${stream}: an item was accepted and not recorded`);
  return added.data.lineId;
};
