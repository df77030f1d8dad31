import type { Position } from '@ledgerline/es-core';
import { currencyField } from '@ledgerline/events';
import { idParam, MinPosition, NotFound } from '@ledgerline/es-nest';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import type { EventStream } from '../live/event-stream.js';
import { LiveViews } from '../live/live-views.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import { parkedSign } from '../parked/parked-sign.js';
import { ApiThenRoute } from '../past/api-then-route.js';
import { atInQuery } from '../past/at-in-query.js';
import { PastViews } from '../past/past-views.js';
import { Answers } from '../read-models/answers.js';
import { type Question, questionTo } from '../read-models/question.js';
import { ReadModels } from '../read-models/read-models.js';
import { type CustomerDashboardView, customerDashboardView } from './customer-dashboard.view.js';

const dashboardQuery = z.strictObject({ currency: currencyField.default('GBP') });
type DashboardQuery = z.output<typeof dashboardQuery>;

const dashboardThenQuery = dashboardQuery.extend({ at: atInQuery });
type DashboardThenQuery = z.output<typeof dashboardThenQuery>;

const dashboardAnswer = z.object({
  customerId: z.string(),
  orders: z.array(
    z.object({
      orderId: z.string(),
      status: z.enum(['created', 'confirmed', 'cancelled']),
      placedAt: z.string(),
      currency: z.string(),
      total: z.string(),
    }),
  ),
  ordersCount: z.int(),
  lastOrderAt: z.string().nullable(),
  currency: z.string(),
  spent: z.string(),
  refunded: z.string(),
  parked: parkedSign,
});

@Controller('customers')
export class CustomersController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly answers: Answers,
    private readonly live: LiveViews,
    private readonly past: PastViews,
  ) {}

  @Get(':id/dashboard')
  @ApiThenRoute({ summary: 'A customer at a glance', answers: { 200: dashboardAnswer }, problems: [404] })
  dashboard(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: dashboardThenQuery }) { at, ...query }: DashboardThenQuery,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CustomerDashboardView> {
    if (at === undefined) return this.answers.once(this.#dashboardOf(id, query), min, reply);
    return this.#dashboardAt({ id, at, ...query }, min, reply);
  }

  @Get(':id/dashboard/stream')
  @ApiStreamRoute({
    ...{ summary: 'A customer at a glance, whenever it changes', of: 'GET /customers/:id/dashboard', problems: [404] },
  })
  follow(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: dashboardQuery }) query: DashboardQuery,
    @FollowedFrom() start: StreamStart,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    return this.live.follow(this.#dashboardOf(id, query), start, reply);
  }

  async #dashboardAt(
    { id, at, currency }: DashboardQuery & { readonly id: string; readonly at: string },
    min: readonly Position[],
    reply: FastifyReply,
  ): Promise<CustomerDashboardView> {
    const question = { of: this.readModels.customerDashboard, at, wants: (other: string) => other === id };
    const [dashboard] = await this.past.documents(question, min, reply);
    if (!dashboard)
      throw new NotFound('customer-not-found', `customer ${id} had neither ordered nor returned anything at ${at}`);
    return customerDashboardView(dashboard, currency);
  }

  #dashboardOf(id: string, { currency }: DashboardQuery): Question<CustomerDashboardView> {
    const { customerDashboard } = this.readModels;
    return questionTo(customerDashboard, {
      name: `dashboard/${id}/${currency}`,
      async see() {
        const view = await customerDashboard.get(id, (dashboard) => customerDashboardView(dashboard, currency));
        if (!view) throw new NotFound('customer-not-found', `customer ${id} has neither ordered nor returned anything`);
        return view;
      },
    });
  }
}
