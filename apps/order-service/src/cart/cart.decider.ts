import { accept, type Decider, type Decision, ignoreUnknown, reject, unreachable } from '@ledgerline/es-core';
import {
  canonicalPrice,
  type CartCheckedOut,
  type CartEvent,
  type ItemAddedToCart,
  keyText,
  limits,
  priced,
  type QuantityChanged,
  type UnpricedLine,
} from '@ledgerline/events';
import type {
  AddItemToCart,
  CartCommand,
  ChangeQuantity,
  CheckOutCart,
  RemoveItemFromCart,
  ReopenCart,
} from './cart.commands.js';

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

type CartDecision = Decision<CartEvent>;

/** A customer's basket, until it becomes an order. The same sku at the same price is one line. */
export const cartDecider: Decider<CartState, CartCommand, CartEvent> = {
  initialState: { status: 'open', lines: [], nextLine: 1 },

  decide(cart, command) {
    if (cart.status === 'checked-out') return decideCheckedOut(cart, command);
    switch (command.type) {
      case 'AddItemToCart':
        return addItem(cart, command);
      case 'ChangeQuantity':
        return changeQuantity(cart, command);
      case 'RemoveItemFromCart':
        return removeItem(cart, command);
      case 'CheckOutCart':
        return checkOut(cart, command);
      case 'ReopenCart':
        return accept();
      default:
        return unreachable(command);
    }
  },

  evolve(cart, event) {
    switch (event.type) {
      case 'ItemAddedToCart':
        return added(cart, event.data);
      case 'QuantityChanged':
        return withLines(cart, (lines) => changed(lines, event.data));
      case 'ItemRemovedFromCart':
        return withLines(cart, (lines) => lines.filter(({ lineId }) => lineId !== event.data.lineId));
      case 'CartCheckedOut':
        return { status: 'checked-out', order: event.data, nextLine: cart.nextLine };
      case 'CartReopened':
        return cart.status === 'open' ? cart : reopened(cart);
      default:
        return ignoreUnknown(event, cart);
    }
  },
};

const decideCheckedOut = ({ order }: CheckedOutCart, command: CartCommand): CartDecision => {
  if (command.type === 'ReopenCart') return reopen(order, command);
  // Checking out into the same order is the same wish twice: clients retry.
  if (command.type === 'CheckOutCart' && command.orderId === order.orderId) return accept();
  return reject('cart-checked-out', `the cart has become order ${order.orderId}`);
};

// It may have been opened before, and be on its way to another order by now.
const reopen = (order: CartCheckedOut['data'], { orderId, reason }: ReopenCart): CartDecision =>
  orderId === order.orderId ? accept({ type: 'CartReopened', data: { orderId, reason } }) : accept();

const addItem = (cart: OpenCart, { sku, description, quantity, unitPrice }: AddItemToCart): CartDecision => {
  const price = canonicalPrice(unitPrice);
  if (cart.lines.length > 0 && cart.currency !== price.currency)
    return reject('currency-mismatch', `the cart is in ${cart.currency}, the item in ${price.currency}`);
  const line = cart.lines.find((other) => other.sku === sku && other.unitPrice === price.amount);
  if (!line && cart.lines.length >= limits.lines)
    return reject('cart-full', `a cart has at most ${limits.lines} lines`);
  if (line && line.quantity + quantity > limits.quantity)
    return reject('quantity-too-large', `a line has at most ${limits.quantity} pieces, it has ${line.quantity}`);
  const lineId = line?.lineId ?? String(cart.nextLine);
  const item = { lineId, sku, quantity, unitPrice: price };
  return accept({ type: 'ItemAddedToCart', data: description === undefined ? item : { ...item, description } });
};

const changeQuantity = (cart: OpenCart, { lineId, quantity }: ChangeQuantity): CartDecision => {
  const line = cart.lines.find((other) => other.lineId === lineId);
  if (!line) return lineNotFound(lineId);
  return line.quantity === quantity ? accept() : accept({ type: 'QuantityChanged', data: { lineId, quantity } });
};

const removeItem = (cart: OpenCart, { lineId }: RemoveItemFromCart): CartDecision =>
  cart.lines.some((line) => line.lineId === lineId)
    ? accept({ type: 'ItemRemovedFromCart', data: { lineId } })
    : lineNotFound(lineId);

const checkOut = (cart: OpenCart, command: CheckOutCart): CartDecision => {
  if (cart.lines.length === 0 || cart.currency === undefined) return reject('cart-empty', 'the cart has no lines');
  const { cartId, orderId, customerId, country, placedAt = command.at, contact } = command;
  const { currency } = cart;
  const ids = { cartId, orderId, customerId };
  const data = { ...ids, country, placedAt, currency, ...priced(cart.lines, currency) };
  return accept({ type: 'CartCheckedOut', data: contact === undefined ? data : { ...data, contact } });
};

const lineNotFound = (lineId: string): CartDecision => reject('line-not-found', `the cart has no line ${lineId}`);

const reopened = ({ order, nextLine }: CheckedOutCart): OpenCart => ({
  status: 'open',
  lines: order.lines.map(({ amount: _amount, ...line }) => ({ ...line, sku: keyText(line.sku) })),
  currency: order.currency,
  nextLine,
});

// A cart that was checked out holds what its order holds until it is opened again.
const withLines = (cart: CartState, change: (lines: readonly UnpricedLine[]) => readonly UnpricedLine[]): CartState =>
  cart.status === 'open' ? { ...cart, lines: change(cart.lines) } : cart;

const added = (cart: CartState, { unitPrice, ...data }: ItemAddedToCart['data']): CartState => {
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

const changed = (
  lines: readonly UnpricedLine[],
  { lineId, quantity }: QuantityChanged['data'],
): readonly UnpricedLine[] => lines.map((line) => (line.lineId === lineId ? { ...line, quantity } : line));
