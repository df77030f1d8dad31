import type { Immutable } from '@ledgerline/es-core';
import { z } from 'zod';

export const salesDimensions = ['day', 'country', 'product', 'customer'] as const;
export type SalesDimension = (typeof salesDimensions)[number];

/** `gross` and `refunded` are decimal strings. By product, `orders` and `returns` are those that contain it. */
const figures = { orders: z.int(), units: z.int(), gross: z.string(), returns: z.int(), refunded: z.string() };
export const salesRow = z.object({ key: z.string().describe('A day, country, sku or customer id.'), ...figures });
/** A row of `GET /reports/sales`; amounts are decimal strings in the report's currency. */
export type SalesRow = Immutable<z.output<typeof salesRow>>;
export type SalesFigures = Omit<SalesRow, 'key'>;

/**
 * What one partition contributes to one row of a report: a key of a dimension, on one day or (`day` null) over all days, in
 * one currency.
 */
export const salesDocument = salesRow.extend({
  by: z.enum(salesDimensions),
  day: z.string().nullable(),
  currency: z.string(),
});
export type SalesDocument = Immutable<z.output<typeof salesDocument>>;

/** The id of the row's document, without its partition. */
export const salesDocumentId = ({ by, currency, day, key }: Omit<SalesDocument, keyof SalesFigures>): string =>
  `${by}|${currency}|${day ?? ALL_DAYS}|${key}`;

/** What the id, with or without its partition, says beside the key. */
export const salesPlaceIn = (
  id: string,
): { readonly by: string; readonly currency: string; readonly day: string | null } => {
  const [by = '', currency = '', day = ''] = id.split('|', 3);
  return { by, currency, day: day === ALL_DAYS ? null : day };
};

const ALL_DAYS = 'all';
