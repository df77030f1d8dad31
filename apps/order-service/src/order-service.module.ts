import { EventSourcingModule } from '@ledgerline/es-nest';
import { Module } from '@nestjs/common';
import { cart } from './cart/cart.aggregate.js';
import { CartController } from './cart/cart.controller.js';
import { CartReactor } from './cart/cart.reactor.js';
import { order } from './order/order.aggregate.js';
import { OrderController } from './order/order.controller.js';
import { OrderReactor } from './order/order.reactor.js';
import { goodsReturn } from './return/return.aggregate.js';
import { ReturnController } from './return/return.controller.js';
import { ReturnReactor } from './return/return.reactor.js';
import { ReturnRegistration } from './return/return-registration.js';
import { ErasureReconciler } from './subject/erasure-reconciler.js';
import { subject } from './subject/subject.aggregate.js';
import { SubjectController } from './subject/subject.controller.js';
import { SubjectReactor } from './subject/subject.reactor.js';

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [cart, order, goodsReturn, subject] })],
  controllers: [CartController, OrderController, ReturnController, SubjectController],
  providers: [
    ...[ReturnRegistration, ErasureReconciler],
    ...[CartReactor, OrderReactor, ReturnReactor, SubjectReactor],
  ],
})
export class OrderServiceModule {}
