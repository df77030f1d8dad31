import { EsError } from '@ledgerline/es-core';
import type { RetailFile } from './retail-file.js';
import type { PlannedInvoice, PlannedItem, RetailPlan } from './retail-plan.js';
import { figuresRefusal, type RetailRow, retailRowReader } from './retail-row.js';

/** The file is not the one any more that was looked at; some of it may have been sent. */
export class FileChanged extends EsError {
  constructor(path: string) {
    super('file-changed', `${path} was changed while it was imported: import it again`, true, { path });
  }
}

type Wanted = Pick<RetailPlan, 'invoices' | 'droppedLines'>;

interface Gathering {
  readonly kind: PlannedInvoice['kind'];
  readonly invoiceNo: string;
  readonly of: number;
  readonly items: PlannedItem[];
  first: RetailRow | undefined;
  rows: number;
}

/**
 * Reads a file once more and gives each invoice as soon as its last row was read: no more is held than the invoices that
 * have begun and not ended.
 * @throws FileChanged when the file is not what it was when its rows were counted
 */
export async function* gatherInvoices(
  file: RetailFile,
  { invoices, droppedLines }: Wanted,
): AsyncGenerator<PlannedInvoice> {
  const waiting = new Map<string, Gathering>();
  for (const { kind, invoiceNo, lines } of invoices)
    waiting.set(invoiceNo, { kind, invoiceNo, of: lines.length, items: [], first: undefined, rows: 0 });
  if (waiting.size === 0) return;
  const read = retailRowReader(file);
  for await (const block of file.rows()) {
    for (const { line, fields } of block) {
      const invoice = waiting.get(fields[file.header.at.InvoiceNo] ?? '');
      if (!invoice || droppedLines.has(line)) continue;
      const row = read(fields);
      if (row.rule !== undefined) throw new FileChanged(file.path);
      gather(invoice, line, row.value);
      if (invoice.rows < invoice.of) continue;
      waiting.delete(invoice.invoiceNo);
      yield plannedInvoice(invoice);
    }
  }
  if (waiting.size > 0) throw new FileChanged(file.path);
}

const gather = (invoice: Gathering, line: number, row: RetailRow): void => {
  invoice.rows += 1;
  invoice.first ??= row;
  if (figuresRefusal(invoice.kind, row) !== undefined) return;
  const { sku, description, quantity, unitPrice } = row;
  invoice.items.push({ place: invoice.rows, line, sku, description, quantity: Math.abs(quantity), unitPrice });
};

const plannedInvoice = ({ kind, invoiceNo, first, items }: Gathering): PlannedInvoice => {
  if (!first) throw new Error(`invoice ${invoiceNo} has no rows`);
  const { time, country, customerId = `guest-${invoiceNo}` } = first;
  return { kind, invoiceNo, time, customerId, country, items };
};
