import type { CommandTarget, CommandVerdict } from '../http/command-sender.js';
import type { ImportTally } from './import-tally.js';
import { orderTotal } from './order-total.js';
import { PaymentDesk } from './payment-desk.js';
import { checkoutCommand, itemCommands, returnCommand } from './retail-commands.js';
import type { PlannedInvoice } from './retail-plan.js';

export interface ImportTargets {
  readonly orders: CommandTarget;
  readonly payments: CommandTarget;
}

/** Requests under way at once: while the service decides one, the next is on its way. */
const LANES = 3;
/** Rows that go together, whole invoices each. */
const PARCEL_ROWS = 1_000;

/**
 * Sends what the invoices ask for: items, then the checkout of the carts whose items were all taken, then the payments as
 * they are requested. Nothing of an invoice is sent before what it builds on was answered.
 */
export const importInvoices = async (
  invoices: AsyncIterable<PlannedInvoice>,
  { orders, payments }: ImportTargets,
  tally: ImportTally,
): Promise<void> => {
  const desk = new PaymentDesk(payments, tally);
  const parcels = parcelsOf(invoices);
  const lane = async (): Promise<void> => {
    for await (const parcel of parcels) desk.pay(await place(parcel, orders, tally));
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane)).finally(() => desk.close());
  await Promise.all([lanes, desk.run()]);
};

/** Whole invoices, about a thousand rows together. One generator for all lanes: each takes the next. */
const parcelsOf = async function* (invoices: AsyncIterable<PlannedInvoice>): AsyncGenerator<readonly PlannedInvoice[]> {
  let parcel: PlannedInvoice[] = [];
  let rows = 0;
  for await (const invoice of invoices) {
    if (parcel.length > 0 && rows + invoice.items.length > PARCEL_ROWS) {
      yield parcel;
      parcel = [];
      rows = 0;
    }
    parcel.push(invoice);
    rows += invoice.items.length;
  }
  if (parcel.length > 0) yield parcel;
};

/** Answers the sales whose orders are placed. */
const place = async (
  parcel: readonly PlannedInvoice[],
  orders: CommandTarget,
  tally: ImportTally,
): Promise<readonly PlannedInvoice[]> => {
  const returns = parcel.filter(({ kind }) => kind === 'return');
  const sales = parcel.filter(({ kind }) => kind === 'sale');
  const items = sales.map(itemCommands);
  const verdicts = await counted(tally, orders.send([...items.flat(), ...returns.map(returnCommand)]));
  const untaken = new Set(verdicts.filter(({ status }) => status === 'rejected').map(({ id }) => id));
  const filled = sales.filter((_, i) => !items[i]?.some(({ id }) => untaken.has(id)));
  const checkouts = await counted(tally, orders.send(filled.map(checkoutCommand)));
  const placed = filled.filter((_, i) => checkouts[i]?.status !== 'rejected');
  for (const sale of placed) tally.placed.set(sale.invoiceNo, orderTotal(sale));
  return placed;
};

const counted = async (
  tally: ImportTally,
  sent: Promise<readonly CommandVerdict[]>,
): Promise<readonly CommandVerdict[]> => {
  const verdicts = await sent;
  tally.count(verdicts);
  return verdicts;
};
