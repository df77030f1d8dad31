import {
  countryField,
  descriptionField,
  idField,
  quantityField,
  skuField,
  unitPriceAmountField,
} from '@ledgerline/events';
import type { RetailColumn, RetailHeader } from './retail-columns.js';
import { checked, type Field, remembering } from './retail-field.js';

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
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;

/** Reads rows under this header. Limits apply to the size of numbers; that they are above zero is a rule of its own. */
export const retailRowReader = (header: RetailHeader): RetailRowReader => {
  const sku = remembering(checked('StockCode', skuField));
  const description = remembering(checked('Description', descriptionField));
  const quantity = remembering(readQuantity);
  const unitPrice = remembering(readUnitPrice);
  const time = remembering(readTime);
  const customerId = remembering(readCustomerId);
  const country = remembering(checked('Country', countryField));
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
  if (!QUANTITY.test(text)) return { rule: `Quantity must be a whole number, is "${text}"` };
  const size = checked('Quantity', quantityField)(Math.abs(Number(text)) || 1);
  return size.rule === undefined ? { value: Number(text) } : size;
};

const readUnitPrice = (text: string): Field<string> => {
  if (!DECIMAL.test(text)) return { rule: `UnitPrice must be a decimal number, is "${text}"` };
  if (!isPositive(text)) return { value: text };
  return checked('UnitPrice', unitPriceAmountField)(text);
};

/** Whether a decimal string is above zero. */
export const isPositive = (decimal: string): boolean => !decimal.startsWith('-') && /[1-9]/.test(decimal);

const readTime = (text: string): Field<string> => {
  const rule = `InvoiceDate must be a time such as 2010-12-01 08:26:00, is "${text}"`;
  const match = TIME.exec(text);
  const time = `${match?.[1]}T${match?.[2]}.000Z`;
  // A date that does not exist, 30 February, comes back as another one.
  return match && !Number.isNaN(Date.parse(time)) && new Date(time).toISOString() === time ? { value: time } : { rule };
};

/** `17850.0` is customer 17850: the file went through a tool that took the numbers for measures. */
const readCustomerId = (text: string): Field<string | undefined> =>
  text === '' ? { value: undefined } : checked('CustomerID', idField)(text.replace(/\.0$/, ''));
