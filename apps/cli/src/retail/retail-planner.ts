import { canonicalPrice, limits } from '@ledgerline/events';
import type { CsvRecord } from './csv-records.js';
import type { RetailHeader } from './retail-columns.js';
import type {
  InvoiceRefusal,
  LineRefusal,
  PlannedInvoice,
  PlannedItem,
  RefusedInvoice,
  RefusedLine,
} from './retail-plan.js';
import { isPositive, type RetailRow, type RetailRowReader, retailRowReader } from './retail-row.js';

type Kind = PlannedInvoice['kind'] | 'unsupported';

interface Draft {
  readonly invoiceNo: string;
  readonly kind: Kind;
  readonly items: PlannedItem[];
  /** Pieces by sku and price, which become one line. */
  readonly pieces: Map<string, number>;
  first: RetailRow | undefined;
  rows: number;
  incomplete: boolean;
}

/** Short enough for the ids that are made from it, such as `retail-<InvoiceNo>-checkout`. */
const INVOICE_NO = /^[A-Za-z0-9._-]{1,100}$/;

/** Gathers a file's rows by invoice, under the rules that the data's README has for them. */
export class RetailPlanner {
  readonly #read: RetailRowReader;
  readonly #drafts = new Map<string, Draft>();
  readonly #refused: RefusedLine[] = [];
  #last: Draft | undefined;

  /** All rows so far, refused ones too. */
  rows = 0;

  constructor(private readonly header: RetailHeader) {
    this.#read = retailRowReader(header);
  }

  take(record: CsvRecord): void {
    this.rows += 1;
    const { line, fields } = record;
    const draft = this.#draftOf(fields);
    if (!draft)
      return this.#refuse(line, 'malformed-row', 'InvoiceNo must be 1 to 100 characters of A-Z a-z 0-9 . _ -');
    this.#last = draft;
    draft.rows += 1;
    if (draft.kind === 'unsupported') return this.#refuse(line, 'unsupported-invoice');
    const row = this.#rowIn(record);
    if (typeof row === 'string') {
      draft.incomplete = true;
      return this.#refuse(line, 'malformed-row', row);
    }
    draft.first ??= row;
    const refusal = refusalOf(draft.kind, row);
    if (refusal) return this.#refuse(line, refusal);
    const item = itemOf(row, draft.rows, line);
    const rule = this.#merge(draft, item);
    if (rule === undefined) return void draft.items.push(item);
    draft.incomplete = true;
    this.#refuse(line, 'quantity-too-large', rule);
  }

  /** What the rows ask for. Call it once, after the last row. */
  finish(): {
    readonly invoices: readonly PlannedInvoice[];
    readonly refusedLines: readonly RefusedLine[];
    readonly refusedInvoices: readonly RefusedInvoice[];
  } {
    const invoices: PlannedInvoice[] = [];
    const refusedInvoices: RefusedInvoice[] = [];
    for (const draft of this.#drafts.values()) {
      const planned = plannedOf(draft);
      if (typeof planned !== 'string') invoices.push(planned);
      else refusedInvoices.push({ invoiceNo: draft.invoiceNo, reason: planned });
      if (planned === 'incomplete-invoice')
        for (const { line } of draft.items) this.#refuse(line, 'incomplete-invoice');
    }
    return { invoices, refusedInvoices, refusedLines: this.#refused.sort((a, b) => a.line - b.line) };
  }

  #draftOf(fields: readonly string[]): Draft | undefined {
    const invoiceNo = fields[this.header.at.InvoiceNo] ?? '';
    // A row that was cut off within its first column: of the invoice before it, as far as one can see.
    if (fields.length === 1 && this.#last?.invoiceNo.startsWith(invoiceNo)) return this.#last;
    if (!INVOICE_NO.test(invoiceNo)) return undefined;
    let draft = this.#drafts.get(invoiceNo);
    if (!draft) {
      draft = {
        invoiceNo,
        kind: kindOf(invoiceNo),
        items: [],
        pieces: new Map(),
        first: undefined,
        rows: 0,
        incomplete: false,
      };
      this.#drafts.set(invoiceNo, draft);
    }
    return draft;
  }

  /** Counts the item into its line, or answers the rule that the line would break. */
  #merge({ pieces }: Draft, { sku, unitPrice, quantity }: PlannedItem): string | undefined {
    const key = `${sku}\n${canonicalPrice({ amount: unitPrice, currency: 'GBP' }).amount}`;
    const sum = (pieces.get(key) ?? 0) + quantity;
    if (sum > limits.quantity)
      return `rows of one StockCode and UnitPrice must have at most ${limits.quantity} pieces together`;
    pieces.set(key, sum);
    return undefined;
  }

  /** The row, or the rule that it breaks. */
  #rowIn({ fields, broken }: CsvRecord): RetailRow | string {
    if (broken) return 'a quoted field is not closed, or goes on behind its closing quote';
    const { width } = this.header;
    if (fields.length !== width) return `has ${fields.length} columns, the header has ${width}`;
    const row = this.#read(fields);
    return row.rule ?? row.value;
  }

  #refuse(line: number, reason: LineRefusal, rule?: string): void {
    this.#refused.push(rule === undefined ? { line, reason } : { line, reason, rule });
  }
}

const kindOf = (invoiceNo: string): Kind => {
  if (/^\d/.test(invoiceNo)) return 'sale';
  return invoiceNo.startsWith('C') ? 'return' : 'unsupported';
};

const refusalOf = (kind: Kind, { quantity, unitPrice }: RetailRow): LineRefusal | undefined => {
  if (kind === 'return' ? quantity >= 0 : quantity <= 0) return 'non-positive-quantity';
  return isPositive(unitPrice) ? undefined : 'non-positive-price';
};

const itemOf = ({ sku, description, quantity, unitPrice }: RetailRow, place: number, line: number): PlannedItem => ({
  ...{ place, line, sku, description, unitPrice },
  quantity: Math.abs(quantity),
});

const plannedOf = ({ invoiceNo, kind, first, items, incomplete }: Draft): PlannedInvoice | InvoiceRefusal => {
  if (kind === 'unsupported') return 'unsupported-invoice';
  if (incomplete) return 'incomplete-invoice';
  if (!first || items.length === 0) return 'empty-invoice';
  const { time, country, customerId = `guest-${invoiceNo}` } = first;
  return { kind, invoiceNo, time, customerId, country, items };
};
