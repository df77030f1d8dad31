import { CommandSender } from '../http/command-sender.js';
import { requireReady, type Shop } from '../http/shop.js';
import { commandCount, importInvoices } from './import-invoices.js';
import type { ImportProgress } from './import-progress.js';
import { type ImportSummary, importSummary } from './import-summary.js';
import { ImportTally } from './import-tally.js';
import { untilProcessEnded } from './order-process.js';
import { planRetailFile } from './plan-retail-file.js';
import { untilReadModelsReached } from './read-models-reached.js';
import { unfinishedOrders } from './unfinished-orders.js';

/** Who wanted what is imported. */
const ACTOR = 'import:retail';

/**
 * Imports the file through the running services. Resolves when every payment and refund has ended and every read model has
 * applied all of it. Doing it again records nothing; after a failure it finishes what is left. A rejected command keeps
 * from being sent only what builds on it; the summary names it.
 * @throws FileUnusable before anything was sent; ServiceUnreachable, ProcessStandsStill, ReadModelsStandStill
 */
export const importRetail = async (path: string, shop: Shop, progress: ImportProgress): Promise<ImportSummary> => {
  const started = performance.now();
  progress.phase(`reading ${path}`);
  const plan = await planRetailFile(path);
  await requireReady(shop);
  const tally = new ImportTally(progress);
  progress.phase('importing', commandCount(plan.invoices));
  const targets = {
    orders: new CommandSender(shop.orders, ACTOR),
    payments: new CommandSender(shop.payments, ACTOR),
  };
  await importInvoices(plan.invoices, targets, tally);
  progress.phase('waiting for payments and refunds');
  const heads = await untilProcessEnded(shop);
  progress.phase('waiting for the read models');
  await untilReadModelsReached(heads, shop);
  const sales = plan.invoices.filter(({ kind }) => kind === 'sale');
  const unfinished = await unfinishedOrders(sales, shop.projections);
  const { recorded, repeated, refused } = tally;
  const seconds = (performance.now() - started) / 1000;
  return importSummary(plan, { recorded, repeated, refused, unfinished, seconds });
};
