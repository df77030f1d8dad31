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
import { ForgottenAgain } from './subject/forgotten-again.js';
import { SubjectController } from './subject/subject.controller.js';
import { SubjectReactor } from './subject/subject.reactor.js';
import { Subjects } from './subject/subjects.js';

@Module({
  controllers: [
    ...[CartController, OrderController, ReturnController, SubjectController, CommandsController],
    ...[CartReactor, OrderReactor, ReturnReactor, SubjectReactor],
  ],
  providers: [Carts, Orders, Returns, Subjects, ForgottenAgain],
})
export class OrderServiceModule {}
