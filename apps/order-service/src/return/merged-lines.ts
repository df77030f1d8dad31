import { keyText, type UnpricedLine } from '@ledgerline/events';

/**
 * As a cart would hold them: the same sku at the same price is one line, in order of first appearance, under its first
 * description. Prices are canonical.
 */
export const mergedLines = (items: readonly Omit<UnpricedLine, 'lineId'>[]): readonly UnpricedLine[] => {
  const lines = new Map<string, UnpricedLine>();
  for (const item of items) {
    // A price has no space, so sku and price cannot run into each other.
    const key = `${item.unitPrice} ${keyText(item.sku)}`;
    const line = lines.get(key);
    const quantity = (line?.quantity ?? 0) + item.quantity;
    lines.set(key, line ? { ...item, ...line, quantity } : { ...item, lineId: String(lines.size + 1) });
  }
  return [...lines.values()];
};
