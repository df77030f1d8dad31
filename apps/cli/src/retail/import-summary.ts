import type { FileSummary } from './file-summary.js';
import type { ImportTally } from './import-tally.js';
import { type RejectedCommand, rejectedCommands } from './rejected-commands.js';
import type { PlannedGroup } from './retail-plan.js';
import type { DifferingOrder, UnfinishedOrder } from './placed-orders.js';

/** What became of a file. */
export interface ImportSummary extends FileSummary, Partial<Shortfall> {
  /** Commands that were recorded by this run, and those that had been before. */
  readonly recorded: number;
  readonly repeated: number;
  readonly seconds: number;
}

/** What the services did not take of it, or did not bring to its end; absent from the summary where there is nothing. */
interface Shortfall {
  /** How many commands. */
  readonly rejected: number;
  readonly rejectedCommands: readonly RejectedCommand[];
  /** Orders that were placed and are not confirmed. */
  readonly unfinishedOrders: readonly UnfinishedOrder[];
  /** Orders that are placed, and do not come to what the file says. */
  readonly differingOrders: readonly DifferingOrder[];
}

/** What came of the plan. */
export interface Outcome extends Pick<ImportTally, 'recorded' | 'repeated' | 'refused'> {
  readonly unfinished: readonly UnfinishedOrder[];
  readonly differing: readonly DifferingOrder[];
  readonly seconds: number;
}

export const importSummary = (
  file: FileSummary,
  invoices: readonly PlannedGroup[],
  { recorded, repeated, refused, unfinished, differing, seconds }: Outcome,
): ImportSummary => ({
  ...file,
  ...{ recorded, repeated },
  seconds: Number(seconds.toFixed(3)),
  ...(refused.length > 0 && { rejected: refused.length, rejectedCommands: rejectedCommands(invoices, refused) }),
  ...(unfinished.length > 0 && { unfinishedOrders: unfinished }),
  ...(differing.length > 0 && { differingOrders: differing }),
});
