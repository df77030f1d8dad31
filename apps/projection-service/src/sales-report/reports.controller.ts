import type { Position } from '@ledgerline/es-core';
import { MinPosition } from '@ledgerline/es-nest';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import type { EventStream } from '../live/event-stream.js';
import { LiveViews } from '../live/live-views.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import { type ParkedSign, parkedSign } from '../parked/parked-sign.js';
import { ApiThenRoute } from '../past/api-then-route.js';
import { PastViews } from '../past/past-views.js';
import { Answers } from '../read-models/answers.js';
import { type Question, questionTo } from '../read-models/question.js';
import { ReadModels } from '../read-models/read-models.js';
import { type SalesPage, salesPage } from './sales-page.js';
import { salesQuery, type SalesReportQuery, type SalesThenQuery, salesThenQuery } from './sales-report.query.js';
import { isOfSales, salesFilter, salesRows, withAmounts } from './sales-report.view.js';

const salesAnswer = z.object({
  rows: z.array(
    z.object({
      key: z.string().describe('A day, country, sku or customer id.'),
      orders: z.int(),
      units: z.int(),
      gross: z.string(),
      returns: z.int(),
      refunded: z.string(),
    }),
  ),
  next: z.string().optional().describe('For `cursor`; absent on the last page.'),
  parked: parkedSign,
});

@Controller('reports')
export class ReportsController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly answers: Answers,
    private readonly live: LiveViews,
    private readonly past: PastViews,
  ) {}

  @Get('sales')
  @ApiThenRoute({ summary: 'What was sold and what came back', answers: { 200: salesAnswer } })
  sales(
    @Query({ schema: salesThenQuery }) { at, ...query }: SalesThenQuery,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SalesPage> {
    if (at === undefined) return this.answers.once(this.#salesOf(query), min, reply);
    return this.#salesAt({ at, ...query }, min, reply);
  }

  @Get('sales/stream')
  @ApiStreamRoute({ summary: 'A sales report, whenever it changes', of: 'GET /reports/sales' })
  follow(
    @Query({ schema: salesQuery }) query: SalesReportQuery,
    @FollowedFrom() start: StreamStart,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    return this.live.follow(this.#salesOf(query), start, reply);
  }

  async #salesAt(
    { at, limit, cursor, ...query }: SalesReportQuery & { readonly at: string },
    min: readonly Position[],
    reply: FastifyReply,
  ): Promise<SalesPage> {
    const question = { of: this.readModels.salesReport, at, wants: (id: string) => isOfSales(id, query) };
    const documents = await this.past.documents(question, min, reply);
    return salesPage(salesRows(documents, query), { ...query, at, limit, after: cursor?.place });
  }

  #salesOf({ limit, cursor, ...query }: SalesReportQuery): Question<SalesPage & ParkedSign> {
    const { salesReport } = this.readModels;
    return questionTo(salesReport, {
      name: `sales/${JSON.stringify([query, limit, cursor?.place])}`,
      async see() {
        const filter = salesFilter(query);
        const [found, sign] = await Promise.all([salesReport.find({ filter }, withAmounts), salesReport.sign()]);
        return { ...salesPage(salesRows(found, query), { ...query, limit, after: cursor?.place }), ...sign };
      },
    });
  }
}
