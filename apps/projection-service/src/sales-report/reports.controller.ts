import type { Position } from '@ledgerline/es-core';
import { currencyField } from '@ledgerline/events';
import { limitInQuery } from '@ledgerline/es-nest';
import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiReadRoute } from '../read-models/api-read-route.js';
import { MinPosition } from '../read-models/min-position.js';
import { ReadModels } from '../read-models/read-models.js';
import { dayInQuery, isRange, rangeProblem } from '../read-models/time-query.js';
import { salesFilter, type SalesRow, salesRows } from './sales-report.view.js';

const dimensions = ['day', 'country', 'product', 'customer'] as const;

const salesQuery = z
  .strictObject({
    by: z.enum(dimensions, { error: `must be one of ${dimensions.join(', ')}` }),
    from: dayInQuery.optional().describe('First day.'),
    to: dayInQuery.optional().describe('The day behind the last.'),
    currency: currencyField.default('GBP'),
    limit: limitInQuery,
  })
  .refine(isRange, rangeProblem);
type SalesReportQuery = z.output<typeof salesQuery>;

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
});

@Controller('reports')
export class ReportsController {
  constructor(private readonly readModels: ReadModels) {}

  @Get('sales')
  @ApiReadRoute({ summary: 'What was sold and what came back', answers: { 200: salesAnswer } })
  async sales(
    @Query({ schema: salesQuery }) { limit, ...query }: SalesReportQuery,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ readonly rows: readonly SalesRow[] }> {
    const { salesReport } = this.readModels;
    void reply.header('X-Position', await this.readModels.reached(salesReport, min));
    const documents = await salesReport.find({ filter: salesFilter(query) });
    return { rows: salesRows(documents, query).slice(0, limit) };
  }
}
