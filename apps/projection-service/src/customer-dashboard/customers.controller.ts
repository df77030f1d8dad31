import type { Position } from '@ledgerline/es-core';
import { idParam, MinPosition, NotFound } from '@ledgerline/es-nest';
import {
  ApiAsOfRoute,
  ApiStreamRoute,
  atInQuery,
  FollowedFrom,
  InjectReadModel,
  parkedSign,
  type ReadModelOf,
  type StreamStart,
} from '@ledgerline/es-nest-projections';
import { currencyField } from '@ledgerline/events';
import { Controller, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { type CustomerDashboard, customerDashboard, dashboardOrder } from './customer-dashboard.projection.js';
import { type CustomerDashboardView, customerDashboardView } from './customer-dashboard.view.js';

const dashboardQuery = z.strictObject({ currency: currencyField.default('GBP') });
type DashboardQuery = z.output<typeof dashboardQuery>;

const dashboardAsOfQuery = dashboardQuery.extend({ at: atInQuery });
type DashboardAsOfQuery = z.output<typeof dashboardAsOfQuery>;

const dashboardAnswer = z.object({
  customerId: z.string(),
  orders: z.array(dashboardOrder),
  ordersCount: z.int(),
  lastOrderAt: z.string().nullable(),
  currency: z.string(),
  spent: z.string(),
  refunded: z.string(),
  parked: parkedSign,
});

const shownIn = ({ currency }: DashboardQuery) => ({
  name: currency,
  view: (dashboard: CustomerDashboard) => customerDashboardView(dashboard, currency),
  notFound: (id: string, at?: string) =>
    new NotFound(
      'customer-not-found',
      at === undefined
        ? `customer ${id} has neither ordered nor returned anything`
        : `customer ${id} had neither ordered nor returned anything at ${at}`,
    ),
});

@Controller('customers')
export class CustomersController {
  constructor(@InjectReadModel(customerDashboard) private readonly dashboards: ReadModelOf<typeof customerDashboard>) {}

  @Get(':id/dashboard')
  @ApiAsOfRoute({ summary: 'A customer at a glance', answers: { 200: dashboardAnswer }, problems: [404] })
  dashboard(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: dashboardAsOfQuery }) { at, ...query }: DashboardAsOfQuery,
    @MinPosition() min: readonly Position[],
  ): Promise<CustomerDashboardView> {
    return this.dashboards.get(id, { at, min, ...shownIn(query) });
  }

  @Get(':id/dashboard/stream')
  @ApiStreamRoute({
    ...{ summary: 'A customer at a glance, whenever it changes', of: 'GET /customers/:id/dashboard', problems: [404] },
  })
  follow(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: dashboardQuery }) query: DashboardQuery,
    @FollowedFrom() start: StreamStart,
  ): Promise<StreamableFile | undefined> {
    return this.dashboards.follow(this.dashboards.one(id, shownIn(query)), start);
  }
}
