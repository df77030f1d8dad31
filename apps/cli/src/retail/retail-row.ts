import {
  countryField,
  descriptionField,
  idField,
  quantityField,
  skuField,
  unitPriceAmountField,
} from '@ledgerline/events';
import type { ZodType } from 'zod';
import { shownText } from './file/shown-text.js';
import type { RetailColumn, RetailHeader } from './retail-columns.js';
import { checked, type Field, remembering, isMissing } from './retail-field.js';
import { type DateOrder, timeReader } from './invoice-date.js';

/** What a row says, its quantity still with the sign that the file gives it. */
export interface RetailRow {
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
  /** A decimal string, with its sign. */
  readonly unitPrice: string;
  /** ISO 8601 UTC. */
  readonly time: string;
  /** Undefined where nobody was signed in. */
  readonly customerId: string | undefined;
  readonly country: string;
}

/** What a row says of `item`, or the rule it breaks: `Quantity must be a whole number, is "six"`. */
export type RetailRowReader = (fields: readonly string[]) => Field<RetailRow>;

const QUANTITY = /^-?\d{1,15}$/;
/** In one of the ways that programs write it. */
const NUMBER = /^(?:[-\d.]+|\d+\.\d+e[-+]?\d+)$/i;
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** How a file's rows are to be read. */
interface RowFormat {
  readonly header: RetailHeader;
  readonly format: { readonly dates: DateOrder | undefined };
}

/** Limits apply to the size of numbers; that they are above zero is a rule of its own. */
export const retailRowReader = ({ header, format }: RowFormat): RetailRowReader => {
  const sku = remembering(present('StockCode', skuField));
  const description = remembering(checked('Description', descriptionField));
  const quantity = remembering(readQuantity);
  const unitPrice = remembering(readUnitPrice);
  const time = remembering(timeReader(format.dates));
  const customerId = remembering(readCustomerId);
  const country = remembering((text) => (text === NAMIBIA ? { value: text } : readCountry(text)));
  return (fields) => {
    const column = (name: RetailColumn): string => fields[header.at[name]] ?? '';
    const row = {
      sku: sku(column('StockCode')),
      description: description(column('Description')),
      quantity: quantity(column('Quantity')),
      unitPrice: unitPrice(column('UnitPrice')),
      time: time(column('InvoiceDate')),
      customerId: customerId(column('CustomerID')),
      country: country(column('Country')),
    };
    for (const field of Object.values(row)) if (field.rule !== undefined) return { rule: field.rule };
    return { value: valuesOf(row) };
  };
};

const valueOf = <T>(field: Field<T>): T => {
  if (field.rule !== undefined) throw new Error(`a field that breaks a rule has no value: ${field.rule}`);
  return field.value;
};

const valuesOf = (row: { readonly [Name in keyof RetailRow]: Field<RetailRow[Name]> }): RetailRow => ({
  sku: valueOf(row.sku),
  description: valueOf(row.description),
  quantity: valueOf(row.quantity),
  unitPrice: valueOf(row.unitPrice),
  time: valueOf(row.time),
  customerId: valueOf(row.customerId),
  country: valueOf(row.country),
});

const readQuantity = (text: string): Field<number> => {
  if (!QUANTITY.test(text)) return { rule: `Quantity must be a whole number, is ${shownText(text)}` };
  const size = checked('Quantity', quantityField)(Math.abs(Number(text)) || 1);
  return size.rule === undefined ? { value: Number(text) } : size;
};

const readUnitPrice = (text: string): Field<string> => {
  if (!DECIMAL.test(text)) return { rule: `UnitPrice must be a decimal number such as 2.55, is ${shownText(text)}` };
  if (!isPositive(text)) return { value: text };
  return checked('UnitPrice', unitPriceAmountField)(text);
};

/** Why an invoice of this kind goes on without the row; nothing where it is taken. */
export const figuresRefusal = (
  kind: 'sale' | 'return',
  { quantity, unitPrice }: RetailRow,
): 'non-positive-quantity' | 'non-positive-price' | undefined => {
  if (kind === 'return' ? quantity >= 0 : quantity <= 0) return 'non-positive-quantity';
  return isPositive(unitPrice) ? undefined : 'non-positive-price';
};

/** Whether a decimal string is above zero. */
const isPositive = (decimal: string): boolean => !decimal.startsWith('-') && /[1-9]/.test(decimal);

/** A field that has to say something. */
const present =
  (name: string, schema: ZodType<string>) =>
  (text: string): Field<string> =>
    isMissing(text) ? { rule: `${name} must be given, is ${shownText(text)}` } : checked(name, schema)(text);

/** Its code reads like "not available". */
const NAMIBIA = 'NA';
const readCountry = present('Country', countryField);

/**
 * `17850.0` is customer 17850: the file went through a tool that took the numbers for measures. Nobody was signed in where
 * the field stands for no value.
 */
const readCustomerId = (text: string): Field<string | undefined> => {
  if (isMissing(text)) return { value: undefined };
  const id = text.replace(/^(\d+)\.0+$/, '$1');
  if (NUMBER.test(id) && !/^0*[1-9]\d*$/.test(id))
    return { rule: `CustomerID must be a whole number above 0 where it is a number, is ${shownText(text)}` };
  return checked('CustomerID', idField)(id);
};
