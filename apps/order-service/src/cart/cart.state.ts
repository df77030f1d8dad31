import {
  type CartCheckedOut,
  type ItemAddedToCart,
  keyText,
  type QuantityChanged,
  type UnpricedLine,
} from '@ledgerline/events';

export type CartState = OpenCart | CheckedOutCart;

export interface OpenCart {
  readonly status: 'open';
  /** In order of first appearance, so by ascending line id. Arrays of this size are copied in a microsecond. */
  readonly lines: readonly UnpricedLine[];
  /** Of all lines; absent before the first item. */
  readonly currency?: string;
  /** Number of the next new line. A line's id is never used again. */
  readonly nextLine: number;
}

export interface CheckedOutCart {
  readonly status: 'checked-out';
  readonly order: CartCheckedOut['data'];
  /** What it goes on with when its order could not be created. */
  readonly nextLine: number;
}

type Lines = OpenCart['lines'];

export const reopened = ({ order, nextLine }: CheckedOutCart): OpenCart => ({
  status: 'open',
  lines: order.lines.map(({ amount: _amount, ...line }) => ({ ...line, sku: keyText(line.sku) })),
  currency: order.currency,
  nextLine,
});

// A cart that was checked out holds what its order holds until it is opened again.
export const withLines = (cart: CartState, change: (lines: Lines) => Lines): CartState =>
  cart.status === 'open' ? { ...cart, lines: change(cart.lines) } : cart;

export const withItem = (cart: CartState, { unitPrice, ...data }: ItemAddedToCart['data']): CartState => {
  if (cart.status !== 'open') return cart;
  const item = { ...data, sku: keyText(data.sku) };
  const { lines } = cart;
  const number = Number(item.lineId);
  // A new line, by far the most frequent event: nothing has to be looked for.
  if (number >= cart.nextLine) {
    const line = { ...item, unitPrice: unitPrice.amount };
    return { status: 'open', lines: [...lines, line], currency: unitPrice.currency, nextLine: number + 1 };
  }
  return { ...cart, lines: lines.map((line) => (line.lineId === item.lineId ? grown(line, item) : line)) };
};

// The line keeps its first description; later ones are often somebody's note.
const grown = (line: UnpricedLine, item: Omit<UnpricedLine, 'unitPrice'>): UnpricedLine => ({
  ...item,
  ...line,
  quantity: line.quantity + item.quantity,
});

export const withQuantity = (cart: CartState, { lineId, quantity }: QuantityChanged['data']): CartState =>
  withLines(cart, (lines) => lines.map((line) => (line.lineId === lineId ? { ...line, quantity } : line)));
