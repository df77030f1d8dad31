import type { Readable } from 'node:stream';
import {
  answerCommandLines,
  answerCommandMessage,
  ApiRoute,
  commandEnvelope,
  COMMANDS_PATH,
  type CommandReply,
  LOG,
  type Log,
  NDJSON,
  OwnEventStore,
  publicCommand,
  type PublicCommands,
  publicCommands,
  verdictLine,
} from '@ledgerline/es-nest';
import { CART, ORDER, ordersCommands, RETURN } from '@ledgerline/events';
import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { Ctx, KafkaContext, MessagePattern } from '@nestjs/microservices';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addItemToCart, changeQuantity, checkOutCart, removeItemFromCart } from '../cart/cart.commands.js';
import { Carts } from '../cart/carts.js';
import { cancelOrder } from '../order/order.commands.js';
import { Orders } from '../order/orders.js';
import { registerReturn } from '../return/return.commands.js';
import { Returns } from '../return/returns.js';

const OF_THE_PROCESS = ['CreateOrder', 'ConfirmOrder', 'ReopenCart', 'AcceptReturn', 'ReleaseReturn'];

@Controller(COMMANDS_PATH)
export class CommandsController {
  readonly #commands: PublicCommands;

  constructor(
    private readonly store: OwnEventStore,
    @Inject(LOG) private readonly log: Log,
    carts: Carts,
    orders: Orders,
    returns: Returns,
  ) {
    const byType = {
      AddItemToCart: publicCommand(CART, addItemToCart, (id, data, metadata) =>
        carts.handle(id, { type: 'AddItemToCart', ...data }, metadata),
      ),
      RemoveItemFromCart: publicCommand(CART, removeItemFromCart, (id, data, metadata) =>
        carts.handle(id, { type: 'RemoveItemFromCart', ...data }, metadata),
      ),
      ChangeQuantity: publicCommand(CART, changeQuantity, (id, data, metadata) =>
        carts.handle(id, { type: 'ChangeQuantity', ...data }, metadata),
      ),
      CheckOutCart: publicCommand(CART, checkOutCart, (id, data, metadata) => carts.checkOut(id, data, metadata)),
      CancelOrder: publicCommand(ORDER, cancelOrder, (id, data, metadata) =>
        orders.handle(id, { type: 'CancelOrder', ...data }, metadata),
      ),
      RegisterReturn: publicCommand(RETURN, registerReturn, (id, data, metadata) =>
        returns.register(id, data, metadata),
      ),
    };
    this.#commands = publicCommands(byType, { ofTheProcess: OF_THE_PROCESS });
  }

  @Post()
  @HttpCode(200)
  @ApiRoute({
    summary: 'Runs many commands, one a line `{ id, type, stream, data }`',
    description: 'In order per stream, not atomic. Answers one verdict a line, in the order of the commands.',
    ...{ answers: { 200: verdictLine }, produces: NDJSON, problems: [400, 413, 415] },
    consumes: { type: NDJSON, schema: commandEnvelope },
  })
  run(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Readable {
    this.store.requireOpen();
    return answerCommandLines({ request, reply }, this.#commands, this.log);
  }

  /** The same commands from other services. */
  @MessagePattern(ordersCommands)
  take(@Ctx() context: KafkaContext): Promise<CommandReply> {
    return answerCommandMessage(context, { commands: this.#commands, store: this.store, log: this.log });
  }
}
