import { customerDashboard } from './customer-dashboard/customer-dashboard.projection.js';
import { orderPage } from './order-page/order-page.projection.js';
import { salesReport } from './sales-report/sales-report.projection.js';

/** Every read model's fold. */
export const projections = [orderPage, customerDashboard, salesReport];
