/** A row that is taken. */
export interface PlannedItem {
  /**
   * Its place among all rows of the invoice, from 1. Refused rows count, so that ids do not depend on the rules; rows that
   * are left out because they come again do not, so that ids are those of a file without them.
   */
  readonly place: number;
  /** Where the file has it, from 1. */
  readonly line: number;
  readonly sku: string;
  readonly description: string;
  /** Above zero, also of a return. */
  readonly quantity: number;
  /** A decimal string, GBP. */
  readonly unitPrice: string;
}

/** An invoice that is taken: a sale that becomes an order, or goods that came back. */
export interface PlannedInvoice {
  readonly kind: 'sale' | 'return';
  readonly invoiceNo: string;
  /** ISO 8601 UTC; like customer and country that of its first row. */
  readonly time: string;
  readonly customerId: string;
  readonly country: string;
  readonly items: readonly PlannedItem[];
}

export type LineRefusal =
  | 'non-positive-quantity'
  | 'non-positive-price'
  | 'unsupported-invoice'
  /** Cannot be read, or breaks a limit. */
  | 'malformed-row'
  /** Pushes the line that it is merged into above the limit. */
  | 'quantity-too-large'
  /** Begins a line too many. */
  | 'too-many-lines'
  /** Of an invoice with a row that cannot be taken: without it the order would be half an order. */
  | 'incomplete-invoice';

export type InvoiceRefusal = 'empty-invoice' | 'unsupported-invoice' | 'incomplete-invoice';

export interface RefusedLine {
  readonly line: number;
  readonly reason: LineRefusal;
  /** What is wrong with a row that cannot be taken. */
  readonly rule?: string;
}

export interface RefusedInvoice {
  readonly invoiceNo: string;
  readonly reason: InvoiceRefusal;
  /** Of its rows. */
  readonly lines: readonly number[];
  /** Why it is incomplete. */
  readonly flaw?: { readonly line: number; readonly rule: string };
}

/** What is known of an invoice that is taken before its rows are read for sending. */
export interface PlannedGroup {
  readonly kind: PlannedInvoice['kind'];
  readonly invoiceNo: string;
  readonly time: string;
  /** Of all its rows, refused ones too: a row's place is its place here. */
  readonly lines: readonly number[];
  /** How many of them are taken. */
  readonly items: number;
}

/** What to do with rows that come again after rows of other invoices. */
export type RepeatedRowsChoice = 'drop' | 'keep';

/** What a file asks for. It depends on the file alone, so a second run of it plans the same. */
export interface RetailPlan {
  /** All rows, also those that are refused or come again; not the header. */
  readonly rows: number;
  /** In order of appearance. */
  readonly invoices: readonly PlannedGroup[];
  /** In order of lines. */
  readonly refusedLines: readonly RefusedLine[];
  readonly refusedInvoices: readonly RefusedInvoice[];
  /** Lines of the rows that come again after rows of other invoices. */
  readonly repeatedLines: readonly number[];
  /** Invoices whose rows stand there twice, one whole after the other; all of them count. */
  readonly doubledInvoices: readonly Pick<PlannedGroup, 'invoiceNo' | 'lines'>[];
  /** Lines of the rows that are left out because they come again. */
  readonly droppedLines: ReadonlySet<number>;
  /** Lines on which the header stands again. */
  readonly repeatedHeaders: readonly number[];
}
