import type { Position } from '@ledgerline/es-core';
import { ApiReadRoute, idParam, MinPosition, noQuery, NotFound } from '@ledgerline/es-nest';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import type { EventStream } from '../live/event-stream.js';
import { LiveViews } from '../live/live-views.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import type { ParkedSign } from '../parked/parked-sign.js';
import { Answers } from '../read-models/answers.js';
import { type Question, questionTo } from '../read-models/question.js';
import { ReadModels } from '../read-models/read-models.js';
import { orderCursor } from './order-cursor.js';
import { orderListQuery } from './order-list.js';
import { orderAnswer, ordersAnswer } from './order-page.answers.js';
import { type OrderPageView, orderPageView } from './order-page.view.js';
import { type OrdersQuery, ordersQuery } from './orders.query.js';

interface OrderList extends ParkedSign {
  readonly items: readonly OrderPageView[];
  /** Absent on the last page. */
  readonly next?: string;
}

@Controller('orders')
export class OrdersController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly answers: Answers,
    private readonly live: LiveViews,
  ) {}

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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderList> {
    return this.answers.once(this.#page(query), min, reply);
  }

  // Before `:id`, which would take it for an order.
  @Get('stream')
  @ApiStreamRoute({ summary: 'Orders by when they were placed, whenever the page changes', of: 'GET /orders' })
  followList(
    @Query({ schema: ordersQuery }) query: OrdersQuery,
    @FollowedFrom() start: StreamStart,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    return this.live.follow(this.#page(query), start, reply);
  }

  @Get(':id')
  @ApiReadRoute({ summary: 'One order with its payment and returns', answers: { 200: orderAnswer }, problems: [404] })
  one(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderPageView> {
    return this.answers.once(this.#order(id), min, reply);
  }

  @Get(':id/stream')
  @ApiStreamRoute({ summary: 'One order, whenever it changes', of: 'GET /orders/:id', problems: [404] })
  follow(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: noQuery }) _query: object,
    @FollowedFrom() start: StreamStart,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    return this.live.follow(this.#order(id), start, reply);
  }

  #page({ limit, cursor, ...list }: OrdersQuery): Question<OrderList> {
    const { orderPage } = this.readModels;
    return questionTo(orderPage, {
      name: `orders/${JSON.stringify([list, cursor, limit])}`,
      async see() {
        const query = { ...orderListQuery(list, cursor?.place), limit: limit + 1 };
        const [found, sign] = await Promise.all([orderPage.find(query, orderPageView), orderPage.sign()]);
        const items = found.slice(0, limit).flatMap((view) => view ?? []);
        const last = items.at(-1);
        return { items, ...(found.length > limit && last && { next: orderCursor(last, list) }), ...sign };
      },
    });
  }

  #order(id: string): Question<OrderPageView> {
    const { orderPage } = this.readModels;
    return questionTo(orderPage, {
      name: `order/${id}`,
      async see() {
        const view = await orderPage.get(id, orderPageView);
        if (!view) throw new NotFound('order-not-found', `there is no order ${id}`);
        return view;
      },
    });
  }
}
