import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import { Module } from '@nestjs/common';
import { CustomersController } from './customer-dashboard/customers.controller.js';
import { OrdersController } from './order-page/orders.controller.js';
import { projections } from './projections.js';
import { ReportsController } from './sales-report/reports.controller.js';

@Module({
  imports: [ProjectionsModule.forFeature(projections)],
  controllers: [OrdersController, CustomersController, ReportsController],
})
export class ProjectionServiceModule {}
