import type { Position } from '@ledgerline/es-core';
import { idParam, NotFound, noQuery } from '@ledgerline/es-nest';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiReadRoute } from '../read-models/api-read-route.js';
import { MinPosition } from '../read-models/min-position.js';
import { ReadModels } from '../read-models/read-models.js';
import { orderAnswer, ordersAnswer } from './order-page.answers.js';
import { orderCursor } from './order-cursor.js';
import { orderPageFilter, orderPageSort, type OrderPageView, orderPageView } from './order-page.view.js';
import { type OrdersQuery, ordersQuery } from './orders.query.js';

interface OrderList {
  readonly items: readonly OrderPageView[];
  /** Absent on the last page. */
  readonly next?: string;
}

@Controller('orders')
export class OrdersController {
  constructor(private readonly readModels: ReadModels) {}

  @Get()
  @ApiReadRoute({ summary: 'Orders, newest first', answers: { 200: ordersAnswer } })
  async list(
    @Query({ schema: ordersQuery }) query: OrdersQuery,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderList> {
    const { limit, cursor, ...filter } = query;
    const { orderPage } = this.readModels;
    void reply.header('X-Position', await this.readModels.reached(orderPage, min));
    const found = await orderPage.find({
      filter: orderPageFilter(cursor ? { ...filter, after: cursor } : filter),
      sort: orderPageSort,
      limit: limit + 1,
    });
    const items = found.slice(0, limit).flatMap((page) => orderPageView(page) ?? []);
    const last = items.at(-1);
    return found.length > limit && last ? { items, next: orderCursor(last) } : { items };
  }

  @Get(':id')
  @ApiReadRoute({ summary: 'One order with its payment and returns', answers: { 200: orderAnswer }, problems: [404] })
  async one(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPageView> {
    const { orderPage } = this.readModels;
    void reply.header('X-Position', await this.readModels.reached(orderPage, min));
    const page = await orderPage.get(id);
    const view = page && orderPageView(page);
    if (!view) throw new NotFound('order-not-found', `there is no order ${id}`);
    return view;
  }
}
