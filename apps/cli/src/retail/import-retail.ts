import { CommandSender } from '../http/command-sender.js';
import { requireReady, type Shop } from '../http/shop.js';
import { commandCount, type FileSummary } from './file-summary.js';
import { gatherInvoices } from './gather-invoices.js';
import { importInvoices } from './import-invoices.js';
import type { ImportProgress } from './import-progress.js';
import { type ImportSummary, importSummary } from './import-summary.js';
import { ImportTally } from './import-tally.js';
import { untilProcessEnded } from './order-process.js';
import { differingOrders, unfinishedOrders } from './placed-orders.js';
import { untilReadModelsReached } from './read-models-reached.js';
import type { RetailFile } from './retail-file.js';
import type { RetailPlan } from './retail-plan.js';

/** Who wanted what is imported. */
const ACTOR = 'import:retail';

/** A file, and what was found out about it. */
export interface PlannedFile {
  readonly file: RetailFile;
  readonly plan: RetailPlan;
  readonly summary: FileSummary;
}

/**
 * Imports the file through the running services. Resolves when every payment and refund has ended and every read model has
 * applied all of it. Doing it again records nothing; after a failure it finishes what is left. A rejected command keeps
 * from being sent only what builds on it; the summary names it.
 * @throws FileChanged, ServiceUnreachable, ProcessStandsStill, ReadModelsStandStill
 */
export const importRetail = async (
  { file, plan, summary }: PlannedFile,
  shop: Shop,
  progress: ImportProgress,
): Promise<ImportSummary> => {
  const started = performance.now();
  await requireReady(shop);
  const tally = new ImportTally(progress);
  progress.phase('importing', commandCount(summary));
  const targets = {
    orders: new CommandSender(shop.orders, ACTOR),
    payments: new CommandSender(shop.payments, ACTOR),
  };
  await importInvoices(gatherInvoices(file, plan), targets, tally);
  progress.phase('waiting for payments and refunds');
  const heads = await untilProcessEnded(shop);
  progress.phase('waiting for the read models');
  await untilReadModelsReached(heads, shop);
  const sales = plan.invoices.filter(({ kind }) => kind === 'sale');
  const unfinished = await unfinishedOrders(sales, shop.projections);
  const differing = await differingOrders(sales, tally.placed, shop.projections);
  const { recorded, repeated, refused } = tally;
  const seconds = (performance.now() - started) / 1000;
  return importSummary(summary, plan.invoices, { recorded, repeated, refused, unfinished, differing, seconds });
};
