import { EsError } from '@ledgerline/es-core';
import { CommandSender } from '../http/command-sender.js';
import { requireReady, type Shop } from '../http/shop.js';
import { commandCount, importInvoices } from './import-invoices.js';
import type { ImportProgress } from './import-progress.js';
import { type ImportSummary, importSummary } from './import-summary.js';
import { ImportTally, type RefusedCommand } from './import-tally.js';
import { untilProcessEnded } from './order-process.js';
import { planRetailFile } from './plan-retail-file.js';
import { untilReadModelsReached } from './read-models-reached.js';
import { unfinishedOrders } from './unfinished-orders.js';

/** Everything was sent, and something of it was not taken. */
export class ImportIncomplete extends EsError {
  constructor(what: string, examples: readonly string[], count: number) {
    const more = count > examples.length ? ` and ${count - examples.length} more` : '';
    super('import-incomplete', `${count} ${what}: ${examples.join(', ')}${more}`, false, { count });
  }
}

const EXAMPLES = 10;

/**
 * Imports the file through the running services. Resolves when every payment and refund has ended and every read model has
 * applied all of it. Doing it again records nothing; after a failure it finishes what is left.
 * @throws FileUnusable before anything was sent; ServiceUnreachable, ProcessStandsStill, ReadModelsStandStill, ImportIncomplete
 */
export const importRetail = async (path: string, shop: Shop, progress: ImportProgress): Promise<ImportSummary> => {
  const started = performance.now();
  progress.phase(`reading ${path}`);
  const plan = await planRetailFile(path);
  await requireReady(shop);
  const tally = new ImportTally(progress);
  progress.phase('importing', commandCount(plan.invoices));
  const targets = { orders: new CommandSender(shop.orders), payments: new CommandSender(shop.payments) };
  await importInvoices(plan.invoices, targets, tally);
  requireTaken(tally.refused);
  progress.phase('waiting for payments and refunds');
  const heads = await untilProcessEnded(shop);
  progress.phase('waiting for the read models');
  await untilReadModelsReached(heads, shop);
  const sales = plan.invoices.filter(({ kind }) => kind === 'sale');
  const unfinished = await unfinishedOrders(sales, shop.projections);
  if (unfinished.length > 0)
    throw new ImportIncomplete(
      'orders did not end confirmed',
      unfinished.slice(0, EXAMPLES).map(({ orderId, status }) => `${orderId} is ${status}`),
      unfinished.length,
    );
  return importSummary(plan, tally, (performance.now() - started) / 1000);
};

const requireTaken = (refused: readonly RefusedCommand[]): void => {
  if (refused.length === 0) return;
  const examples = refused.slice(0, EXAMPLES).map(({ id, code }) => `${id} (${code})`);
  throw new ImportIncomplete('commands were refused', examples, refused.length);
};
