import { accept, type Decision, defineAggregate, EventTooLarge, reject, stateOf, streamId } from '@ledgerline/es-core';
import { canonicalPrice, type CartEvent, cartEvents, limits, priced } from '@ledgerline/events';
import { bytesOf, MAX_BYTES_WITH_HEADROOM } from '../event-size-headroom.js';
import { order } from '../order/order.aggregate.js';
import type { OrderState } from '../order/order.state.js';
import { cartCommands, type CartFields } from './cart.commands.js';
import { type CartState, type OpenCart, reopened, withItem, withLines, withQuantity } from './cart.state.js';

type CartDecision = Decision<CartEvent>;

/** A customer's basket, until it becomes an order. The same sku at the same price is one line. */
export const cart = defineAggregate({
  category: 'cart',
  events: cartEvents,
  commands: cartCommands,
  internal: ['ReopenCart'],
  // The order says which cart it came from.
  idFields: { CheckOutCart: 'cartId' },
  personal: { CheckOutCart: ({ contact, customerId }) => contact && customerId },
  context: {
    // Should a check-out not see that its order's id is taken, the order is refused, and the cart is opened again.
    order: stateOf(order, ({ type, orderId }: { readonly type: string; readonly orderId?: string }) =>
      type === 'CheckOutCart' ? orderId : undefined,
    ),
  },
  initialState: { status: 'open', lines: [], nextLine: 1 } as CartState,

  decide(cart, command, context) {
    if (command.type === 'ReopenCart') return reopen(cart, command);
    if (cart.status === 'checked-out') {
      const { orderId } = cart.order;
      // Checking out into the same order changes nothing: clients retry.
      if (command.type === 'CheckOutCart' && command.orderId === orderId) return accept();
      return reject('cart-checked-out', `the cart has become order ${orderId}`);
    }
    switch (command.type) {
      case 'AddItemToCart':
        return addItem(cart, command);
      case 'ChangeQuantity':
        return changeQuantity(cart, command);
      case 'RemoveItemFromCart':
        return removeItem(cart, command);
      case 'CheckOutCart':
        return checkOut(cart, command, context);
    }
  },

  evolve: {
    ItemAddedToCart: (cart, { data }) => withItem(cart, data),
    QuantityChanged: (cart, { data }) => withQuantity(cart, data),
    ItemRemovedFromCart: (cart, { data: { lineId } }) =>
      withLines(cart, (lines) => lines.filter((line) => line.lineId !== lineId)),
    CartCheckedOut: ({ nextLine }, { data }) => ({ status: 'checked-out', order: data, nextLine }),
    CartReopened: (cart) => (cart.status === 'open' ? cart : reopened(cart)),
  },

  rehearse: {
    ItemAddedToCart({ data: { lineId: _lineId, ...item } }) {
      const { amount, currency } = item.unitPrice;
      const prices = [amount, inShort(amount)].map((price) => ({ amount: price, currency }));
      return prices.map((unitPrice) => ({ type: 'AddItemToCart', ...item, unitPrice }) as const);
    },
    QuantityChanged: ({ data }) => ({ type: 'ChangeQuantity', ...data }),
    ItemRemovedFromCart: ({ data }) => ({ type: 'RemoveItemFromCart', ...data }),
    CartCheckedOut({ data: { orderId, customerId, country, placedAt, contact } }) {
      const now = { type: 'CheckOutCart', orderId, customerId, country, ...(contact && { contact }) } as const;
      return [{ ...now, placedAt }, now];
    },
    CartReopened: ({ data }) => ({ type: 'ReopenCart', ...data }),
  },
});

// It may have been opened before, and be on its way to another order by now.
const reopen = (cart: CartState, { orderId, reason }: CartFields<'ReopenCart'>): CartDecision =>
  cart.status === 'checked-out' && orderId === cart.order.orderId
    ? accept({ type: 'CartReopened', data: { orderId, reason } })
    : accept();

const addItem = (
  cart: OpenCart,
  { sku, description, quantity, unitPrice }: CartFields<'AddItemToCart'>,
): CartDecision => {
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

const changeQuantity = (cart: OpenCart, { lineId, quantity }: CartFields<'ChangeQuantity'>): CartDecision => {
  const line = cart.lines.find((other) => other.lineId === lineId);
  if (!line) return lineNotFound(lineId);
  return line.quantity === quantity ? accept() : accept({ type: 'QuantityChanged', data: { lineId, quantity } });
};

const removeItem = (cart: OpenCart, { lineId }: CartFields<'RemoveItemFromCart'>): CartDecision =>
  cart.lines.some((line) => line.lineId === lineId)
    ? accept({ type: 'ItemRemovedFromCart', data: { lineId } })
    : lineNotFound(lineId);

type CheckOut = CartFields<'CheckOutCart'> & { readonly cartId: string; readonly at: string };

/** @throws EventTooLarge for an order that could not be cancelled later */
const checkOut = (cart: OpenCart, command: CheckOut, context: { readonly order: OrderState }): CartDecision => {
  if (cart.lines.length === 0 || cart.currency === undefined) return reject('cart-empty', 'the cart has no lines');
  const { cartId, orderId, customerId, country, placedAt = command.at, contact } = command;
  // A repeat is answered as the first time, although its order exists by then.
  if (context.order.status !== 'absent') return reject('order-exists', `order ${orderId} exists already`);
  const { currency } = cart;
  const ids = { cartId, orderId, customerId };
  const data = { ...ids, country, placedAt, currency, ...priced(cart.lines, currency), ...(contact && { contact }) };
  const bytes = bytesOf(data);
  if (bytes > MAX_BYTES_WITH_HEADROOM)
    throw new EventTooLarge(streamId('cart', cartId), 'CartCheckedOut', bytes, MAX_BYTES_WITH_HEADROOM);
  return accept({ type: 'CartCheckedOut', data });
};

const lineNotFound = (lineId: string): CartDecision => reject('line-not-found', `the cart has no line ${lineId}`);

/** A price may have been sent as 2.1 or 2, and is recorded as 2.10 or 2.00. */
const inShort = (amount: string): string => amount.replace(/\.?0+$/, '');
