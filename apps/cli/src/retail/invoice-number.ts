import { shownText } from './file/shown-text.js';
import { isMissing } from './retail-field.js';

/** Short enough for the ids that are made from it, such as `retail-<InvoiceNo>-checkout`. */
const INVOICE_NO = /^[A-Za-z0-9._-]{1,100}$/;

/** A spreadsheet took it for a measure: `536365.0`, `536365.5`, `5.36365E5`. */
const SPREADSHEET_NUMBER = /^c?\d+(?:\.\d*|(?:\.\d+)?e-?\d+)$/i;

/** The rule that the number of an invoice breaks; nothing when it is one. */
export const invoiceNoRule = (text: string): string | undefined => {
  const is = (): string => `is ${shownText(text)}`;
  if (!INVOICE_NO.test(text)) return `InvoiceNo must be 1 to 100 characters of A-Z a-z 0-9 . _ -, ${is()}`;
  if (SPREADSHEET_NUMBER.test(text)) return `InvoiceNo must be written without decimals and exponent, ${is()}`;
  return /^c\d/.test(text) ? `InvoiceNo of a return must start with a capital C, ${is()}` : undefined;
};

/** A sale, a return, or something else that is no business of a shop. */
export const invoiceKind = (invoiceNo: string): 'sale' | 'return' | 'unsupported' => {
  if (/^\d/.test(invoiceNo)) return 'sale';
  return /^(?:C|c\d)/.test(invoiceNo) ? 'return' : 'unsupported';
};

/**
 * What people mean by it: numbers that differ in spaces, quotes, case or decimals of nothing are one invoice, whose rows
 * belong together however its number is spelled. Undefined where that is no number of an invoice.
 */
export const normalizedInvoiceNo = (text: string): string | undefined => {
  if (isMissing(text)) return undefined;
  const plain = text.normalize('NFKC').replace(/[\s\p{C}"'`´‘’“”=#]/gu, '');
  const number = plain.replace(/\.0*$/, '').toUpperCase();
  return INVOICE_NO.test(number) ? number : undefined;
};
