import { Module } from '@nestjs/common';
import { CartController } from './cart/cart.controller.js';
import { CartReactor } from './cart/cart.reactor.js';
import { Carts } from './cart/carts.js';
import { CommandsController } from './commands/commands.controller.js';
import { OrderController } from './order/order.controller.js';
import { OrderReactor } from './order/order.reactor.js';
import { Orders } from './order/orders.js';
import { ReturnController } from './return/return.controller.js';
import { ReturnReactor } from './return/return.reactor.js';
import { Returns } from './return/returns.js';

@Module({
  controllers: [
    ...[CartController, OrderController, ReturnController, CommandsController],
    ...[CartReactor, OrderReactor, ReturnReactor],
  ],
  providers: [Carts, Orders, Returns],
})
export class OrderServiceModule {}
