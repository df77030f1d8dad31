import type { Position } from '@ledgerline/es-core';
import { ApiReadRoute, idParam, MinPosition, noQuery, NotFound } from '@ledgerline/es-nest';
import {
  ApiStreamRoute,
  FollowedFrom,
  InjectReadModel,
  type ReadModelOf,
  type StreamStart,
} from '@ledgerline/es-nest-projections';
import { Controller, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { ordersOf, type OrdersPage } from './orders-page.js';
import { orderAnswer, ordersAnswer } from './order-page.answers.js';
import { orderPage } from './order-page.projection.js';
import { type OrderPageView, orderPageView } from './order-page.view.js';
import { type OrdersQuery, ordersQuery } from './orders.query.js';

const shown = {
  view: orderPageView,
  notFound: (id: string) => new NotFound('order-not-found', `there is no order ${id}`),
};

@Controller('orders')
export class OrdersController {
  constructor(@InjectReadModel(orderPage) private readonly pages: ReadModelOf<typeof orderPage>) {}

  @Get()
  @ApiReadRoute({
    summary: 'Orders by when they were placed',
    description:
      'Pages fit together whatever changes between them: an order that is in the list all along is on one page.',
    answers: { 200: ordersAnswer },
  })
  list(
    @Query({ schema: ordersQuery }) query: OrdersQuery,
    @MinPosition() min: readonly Position[],
  ): Promise<OrdersPage> {
    return this.pages.run(ordersOf(query), { min });
  }

  // Before `:id`, which would take it for an order.
  @Get('stream')
  @ApiStreamRoute({ summary: 'Orders by when they were placed, whenever the page changes', of: 'GET /orders' })
  followList(
    @Query({ schema: ordersQuery }) query: OrdersQuery,
    @FollowedFrom() start: StreamStart,
  ): Promise<StreamableFile | undefined> {
    return this.pages.follow(ordersOf(query), start);
  }

  @Get(':id')
  @ApiReadRoute({ summary: 'One order with its payment and returns', answers: { 200: orderAnswer }, problems: [404] })
  one(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
  ): Promise<OrderPageView> {
    return this.pages.get(id, { min, ...shown });
  }

  @Get(':id/stream')
  @ApiStreamRoute({ summary: 'One order, whenever it changes', of: 'GET /orders/:id', problems: [404] })
  follow(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: noQuery }) _query: object,
    @FollowedFrom() start: StreamStart,
  ): Promise<StreamableFile | undefined> {
    return this.pages.follow(this.pages.one(id, shown), start);
  }
}
