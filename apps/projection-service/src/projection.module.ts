import { Module } from '@nestjs/common';
import { CustomersController } from './customer-dashboard/customers.controller.js';
import { GenerationsController } from './generations/generations.controller.js';
import { OrdersController } from './order-page/orders.controller.js';
import { ParkedController } from './parked/parked.controller.js';
import { ParkedDocuments } from './parked/parked-documents.js';
import { LiveViews } from './live/live-views.js';
import { PastViews } from './past/past-views.js';
import { ProjectionMetrics } from './projections/projection-metrics.js';
import { ProjectionsController } from './projections/projections.controller.js';
import { Answers } from './read-models/answers.js';
import { ReadModels } from './read-models/read-models.js';
import { VerificationMetrics } from './verification/verification.metrics.js';
import { Verifications } from './verification/verifications.js';
import { ReportsController } from './sales-report/reports.controller.js';

@Module({
  controllers: [
    OrdersController,
    CustomersController,
    ReportsController,
    ProjectionsController,
    GenerationsController,
    ParkedController,
  ],
  providers: [
    ReadModels,
    Answers,
    LiveViews,
    PastViews,
    Verifications,
    VerificationMetrics,
    ProjectionMetrics,
    ParkedDocuments,
  ],
})
export class ProjectionModule {}
