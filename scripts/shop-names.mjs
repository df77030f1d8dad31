/**
 * What names the shop: its services and their variables, its topics, streams and types. In `libs/`, `libs/events` alone may know them.
 * (An order of things is something else, so `order` by itself is free.)
 */
export const SHOP_NAMES = new RegExp(
  [
    /\b(?:order|payment|cart|projection)[-_]service/,
    /\b(?:Order|Payment|Projection)Service/,
    /(?:ORDER|PAYMENT|PROJECTION)_SERVICE/,
    /[Rr]etail/,
    /\b(?:[Cc]art|[Pp]ayment|[Cc]ustomer|[Rr]efund)s?\b/,
    /\b(?:orders|ORDERS)\b/,
    /\border-(?=[\w$])/,
    /\b(?:Order|Payment|Cart|Customer)s?[A-Z]\w*/,
    /\b(?:order|payment|cart|customer)Ids?\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);
