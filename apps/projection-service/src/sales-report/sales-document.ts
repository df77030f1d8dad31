export type SalesDimension = 'day' | 'country' | 'product' | 'customer';

/** `gross` and `refunded` are decimal strings. By product, `orders` and `returns` are those that contain it. */
export type SalesFigures = {
  readonly orders: number;
  readonly units: number;
  readonly gross: string;
  readonly returns: number;
  readonly refunded: string;
};

/**
 * What one partition contributes to one row of a report: a key of a dimension, on one day or (`day` null) over all days, in
 * one currency.
 */
export type SalesDocument = SalesFigures & {
  readonly by: SalesDimension;
  readonly key: string;
  readonly day: string | null;
  readonly currency: string;
};

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
