import type { CustomerDashboard } from './customer-dashboard.projection.js';
import { moneyIn } from './money-spent.js';

/** What `GET /customers/:id/dashboard` answers: `spent` and `refunded` are decimal strings in `currency`. */
export type CustomerDashboardView = Omit<CustomerDashboard, 'money'> & {
  readonly currency: string;
  readonly spent: string;
  readonly refunded: string;
};

export const customerDashboardView = (
  { money, ...dashboard }: CustomerDashboard,
  currency = 'GBP',
): CustomerDashboardView => ({ ...dashboard, ...moneyIn(money, currency) });
