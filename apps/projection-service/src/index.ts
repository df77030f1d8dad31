import type { DomainEvent, JsonObject, Projection } from '@ledgerline/es-core';
import { customerDashboard } from './customer-dashboard/customer-dashboard.projection.js';
import { orderPage } from './order-page/order-page.projection.js';
import { salesReport } from './sales-report/sales-report.projection.js';

export { projectionEnvironment } from './projection-environment.js';
export { projectionService } from './projection-service.js';

/** Every read model's fold. */
export const projections: readonly Projection<DomainEvent, JsonObject>[] = [orderPage, customerDashboard, salesReport];
