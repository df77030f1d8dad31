import type { Field } from './retail-field.js';
import type { RetailRow } from './retail-row.js';

/**
 * 53 bits of what an order counts of a row, however it spells its numbers; of a row that cannot be read, of its fields. Two
 * different rows of one invoice have the same once in about 10^15 pairs. Time, customer and country are those of the
 * invoice's first row, and a description is changed by whoever exports it again.
 */
export const rowHash = (row: Field<RetailRow>, fields: readonly string[]): number => {
  if (row.rule !== undefined) return textHash(fields.join('\n'));
  const { sku, quantity, unitPrice } = row.value;
  return textHash(`${sku}\n${quantity}\n${Number(unitPrice)}`);
};

/** cyrb53, which is in the public domain: fast, even, and no more than that. */
const textHash = (text: string): number => {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
};
