/** A row that is taken. */
export interface PlannedItem {
  /** Its place among all rows of the invoice, from 1: refused rows count, so that ids do not depend on the rules. */
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
}

/** What a file asks for. It depends on the file alone, so a second run of it plans the same. */
export interface RetailPlan {
  /** All rows, refused ones too; not the header. */
  readonly rows: number;
  /** In order of appearance. */
  readonly invoices: readonly PlannedInvoice[];
  /** In order of lines. */
  readonly refusedLines: readonly RefusedLine[];
  readonly refusedInvoices: readonly RefusedInvoice[];
}
