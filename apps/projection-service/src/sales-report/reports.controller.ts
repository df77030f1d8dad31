import type { Position } from '@ledgerline/es-core';
import { MinPosition } from '@ledgerline/es-nest';
import {
  ApiAsOfRoute,
  ApiStreamRoute,
  FollowedFrom,
  InjectReadModel,
  type ParkedSign,
  parkedSign,
  type Query as ReadModelQuery,
  type ReadModelOf,
  type StreamStart,
} from '@ledgerline/es-nest-projections';
import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { type SalesDocument, salesRow } from './sales-document.js';
import { type SalesPage, salesPage } from './sales-page.js';
import { salesReport } from './sales-report.projection.js';
import { salesAsOfQuery, type SalesAsOfQuery, salesQuery, type SalesReportQuery } from './sales-report.query.js';
import { isOfSales, salesFilter, salesRows, withAmounts } from './sales-report.view.js';

const salesAnswer = z.object({
  rows: z.array(salesRow),
  next: z.string().optional().describe('For `cursor`; absent on the last page.'),
  parked: parkedSign,
});

@Controller('reports')
export class ReportsController {
  constructor(@InjectReadModel(salesReport) private readonly report: ReadModelOf<typeof salesReport>) {}

  @Get('sales')
  @ApiAsOfRoute({ summary: 'What was sold and what came back', answers: { 200: salesAnswer } })
  async sales(
    @Query({ schema: salesAsOfQuery }) { at, limit, cursor, ...query }: SalesAsOfQuery,
    @MinPosition() min: readonly Position[],
  ): Promise<SalesPage> {
    if (at === undefined) return this.report.run(salesOf({ limit, cursor, ...query }), { min });
    const documents = await this.report.asOf({ at, min, wants: (id) => isOfSales(id, query) });
    return salesPage(salesRows(documents, query), { ...query, at, limit, after: cursor?.place });
  }

  @Get('sales/stream')
  @ApiStreamRoute({ summary: 'A sales report, whenever it changes', of: 'GET /reports/sales' })
  follow(
    @Query({ schema: salesQuery }) query: SalesReportQuery,
    @FollowedFrom() start: StreamStart,
  ): Promise<StreamableFile | undefined> {
    return this.report.follow(salesOf(query), start);
  }
}

const salesOf = ({
  limit,
  cursor,
  ...query
}: SalesReportQuery): ReadModelQuery<SalesDocument, SalesPage & ParkedSign> => ({
  name: JSON.stringify([query, limit, cursor?.place]),
  async fetch(documents) {
    const filter = salesFilter(query);
    const [found, sign] = await Promise.all([documents.find({ filter }, withAmounts), documents.sign()]);
    return { ...salesPage(salesRows(found, query), { ...query, limit, after: cursor?.place }), ...sign };
  },
});
