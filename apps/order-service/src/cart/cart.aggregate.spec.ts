import { describe, expect, it } from '@jest/globals';
import { type CommandOf, fold } from '@ledgerline/es-core';
import { given as givenEvents } from '@ledgerline/es-testing';
import { type CartCheckedOut, type CartEvent, limits } from '@ledgerline/events';
import { cart } from './cart.aggregate.js';
import { cartView } from './cart.view.js';

const given = (...events: readonly CartEvent[]) => givenEvents(cart, ...events);
const at = '2026-01-01T00:00:00.000Z';

const price = (amount: string, currency = 'GBP') => ({ amount, currency });
const add = (
  sku: string,
  quantity: number,
  unitPrice = price('2.55'),
  description?: string,
): CommandOf<typeof cart> => ({
  ...{ type: 'AddItemToCart', sku, quantity, unitPrice },
  ...(description === undefined ? {} : { description }),
});
const added = (lineId: string, sku: string, quantity: number, unitPrice = price('2.55')): CartEvent => ({
  type: 'ItemAddedToCart',
  data: { lineId, sku, quantity, unitPrice },
});
const changed = (lineId: string, quantity: number): CartEvent => ({
  type: 'QuantityChanged',
  data: { lineId, quantity },
});
const removed = (lineId: string): CartEvent => ({ type: 'ItemRemovedFromCart', data: { lineId } });
const checkOut = (orderId = 'o-1', placedAt?: string): CommandOf<typeof cart> => ({
  ...{ type: 'CheckOutCart', orderId, customerId: '17850', country: 'EIRE' },
  ...(placedAt === undefined ? {} : { placedAt }),
});
const checkedOut: CartCheckedOut = {
  type: 'CartCheckedOut',
  data: {
    ...{ cartId: '1', orderId: 'o-1', customerId: '17850', country: 'EIRE', placedAt: at, currency: 'GBP' },
    lines: [{ lineId: '1', sku: 'A', quantity: 6, unitPrice: '2.55', amount: '15.30' }],
    total: '15.30',
  },
};

describe('adding to a cart', () => {
  it('gives each new line the next number', () => {
    given()
      .when(add('A', 6))
      .then(added('1', 'A', 6));
    given(added('1', 'A', 6))
      .when(add('B', 1))
      .then(added('2', 'B', 1));
  });

  it('lets the line of the same sku at the same price grow', () => {
    given(added('1', 'A', 6), added('2', 'B', 1))
      .when(add('A', 2))
      .then(added('1', 'A', 2));
  });

  it('compares prices as numbers', () => {
    given(added('1', 'A', 6, price('2.10')))
      .when(add('A', 2, price('2.1')))
      .then(added('1', 'A', 2, price('2.10')));
    given()
      .when(add('A', 2, price('0.0010')))
      .then(added('1', 'A', 2, price('0.001')));
  });

  it('lets a line of before skus had one form grow by the form that they have', () => {
    given(added('1', 'Curac\u0327ao', 6))
      .when(add('Cura\u00e7ao', 2))
      .then(added('1', 'Cura\u00e7ao', 2));
    const [line] = checkedOut.data.lines.map((line) => ({ ...line, sku: 'Curac\u0327ao' }));
    const opened: CartEvent = { type: 'CartReopened', data: { orderId: 'o-1', reason: 'order-exists' } };
    given(
      added('1', 'Curac\u0327ao', 6),
      { ...checkedOut, data: { ...checkedOut.data, lines: line ? [line] : [] } },
      opened,
    )
      .when(add('Cura\u00e7ao', 2))
      .then(added('1', 'Cura\u00e7ao', 2));
  });

  it('makes another line of the same sku at another price', () => {
    given(added('1', 'A', 6))
      .when(add('A', 2, price('2.56')))
      .then(added('2', 'A', 2, price('2.56')));
  });

  it('never uses the number of a line again', () => {
    given(added('1', 'A', 6), removed('1'))
      .when(add('A', 6))
      .then(added('2', 'A', 6));
    given(added('1', 'A', 6), added('2', 'B', 1), removed('2'))
      .when(add('C', 1))
      .then(added('3', 'C', 1));
  });

  it('keeps to one currency', () => {
    given(added('1', 'A', 6))
      .when(add('B', 1, price('2.55', 'EUR')))
      .thenRejected('currency-mismatch');
  });

  it('may change the currency of a cart that is empty again', () => {
    const euros = price('2.55', 'EUR');
    given(added('1', 'A', 6), removed('1'))
      .when(add('B', 1, euros))
      .then(added('2', 'B', 1, euros));
  });

  it('refuses more pieces than a line may have', () => {
    given(added('1', 'A', 999_999))
      .when(add('A', 1))
      .then(added('1', 'A', 1));
    given(added('1', 'A', 999_999))
      .when(add('A', 2))
      .thenRejected('quantity-too-large');
  });

  it('refuses more lines than a cart may have, but lets a line grow', () => {
    const full = Array.from({ length: limits.lines }, (_, i) => added(String(i + 1), `sku-${i + 1}`, 1));
    given(...full)
      .when(add('another', 1))
      .thenRejected('cart-full');
    given(...full)
      .when(add('sku-2000', 1))
      .then(added('2000', 'sku-2000', 1));
    given(...full, removed('7'))
      .when(add('another', 1))
      .then(added('2001', 'another', 1));
  });

  it('keeps the first description that a line was given', () => {
    const described = (sku: string, description: string): CartEvent => ({
      type: 'ItemAddedToCart',
      data: { lineId: '1', sku, quantity: 1, unitPrice: price('2.55'), description },
    });
    given(added('1', 'A', 1), described('A', 'LANTERN'), described('A', 'damaged')).thenState({
      ...{ status: 'open', currency: 'GBP', nextLine: 2 },
      lines: [{ lineId: '1', sku: 'A', quantity: 3, unitPrice: '2.55', description: 'LANTERN' }],
    });
  });
});

describe('changing a cart', () => {
  it('records the new quantity of a line', () => {
    given(added('1', 'A', 6))
      .when({ type: 'ChangeQuantity', lineId: '1', quantity: 2 })
      .then(changed('1', 2));
  });

  it('records nothing when the line has this quantity already', () => {
    given(added('1', 'A', 6), changed('1', 2))
      .when({ type: 'ChangeQuantity', lineId: '1', quantity: 2 })
      .thenNothing();
  });

  it('removes a line', () => {
    given(added('1', 'A', 6))
      .when({ type: 'RemoveItemFromCart', lineId: '1' })
      .then(removed('1'));
  });

  it('refuses lines that are not there, or not any more', () => {
    given(added('1', 'A', 6))
      .when({ type: 'RemoveItemFromCart', lineId: '2' })
      .thenRejected('line-not-found');
    given(added('1', 'A', 6), removed('1'))
      .when({ type: 'ChangeQuantity', lineId: '1', quantity: 1 })
      .thenRejected('line-not-found');
  });
});

describe('checking out', () => {
  it('turns the lines into an order, each amount rounded once', () => {
    given(added('1', 'A', 4, price('0.335')), added('2', 'B', 1), added('1', 'A', 3, price('0.335')))
      .when(checkOut('o-1', '2010-12-01T08:26:00.000Z'))
      .then({
        type: 'CartCheckedOut',
        data: {
          ...{ cartId: '1', orderId: 'o-1', customerId: '17850', country: 'EIRE', currency: 'GBP' },
          placedAt: '2010-12-01T08:26:00.000Z',
          lines: [
            { lineId: '1', sku: 'A', quantity: 7, unitPrice: '0.335', amount: '2.35' },
            { lineId: '2', sku: 'B', quantity: 1, unitPrice: '2.55', amount: '2.55' },
          ],
          total: '4.90',
        },
      });
  });

  it("takes the decision's time where no other is given", () => {
    given(added('1', 'A', 6))
      .when(checkOut())
      .then(checkedOut);
  });

  it('refuses a cart without lines', () => {
    given().when(checkOut()).thenRejected('cart-empty');
    given(added('1', 'A', 6), removed('1'))
      .when(checkOut())
      .thenRejected('cart-empty');
  });

  it("refuses an order that is another cart's, once the cart has lines", () => {
    const { data } = checkedOut;
    const context = { order: { status: 'created', order: { ...data, cartId: '2', createdAt: at } } } as const;
    given(added('1', 'A', 6))
      .when(checkOut(), { context })
      .thenRejected('order-exists');
    given().when(checkOut(), { context }).thenRejected('cart-empty');
  });

  it('refuses an order that could not be cancelled for its size', () => {
    const line = (n: number): CartEvent => ({
      type: 'ItemAddedToCart',
      data: { lineId: `${n}`, sku: `${n}`, quantity: 1, unitPrice: price('2.55'), description: '€'.repeat(200) },
    });
    const holding = (lines: number) => given(...Array.from({ length: lines }, (_, n) => line(n + 1)));
    // 520,435 bytes of 524,288 that the store takes.
    expect(() => holding(750).when(checkOut())).toThrow('CartCheckedOut for cart-1 has 520435 bytes');
    expect(() => holding(749).when(checkOut())).not.toThrow();
  });

  it('records nothing when it is repeated, and refuses a second order', () => {
    given(added('1', 'A', 6), checkedOut)
      .when(checkOut())
      .thenNothing();
    given(added('1', 'A', 6), checkedOut)
      .when(checkOut('o-2'))
      .thenRejected('cart-checked-out');
  });

  it('ends what people can do to a cart', () => {
    const after = given(added('1', 'A', 6), checkedOut);
    after.when(add('A', 1)).thenRejected('cart-checked-out');
    after.when({ type: 'ChangeQuantity', lineId: '1', quantity: 1 }).thenRejected('cart-checked-out');
    after.when({ type: 'RemoveItemFromCart', lineId: '1' }).thenRejected('cart-checked-out');
  });
});

describe('opening a cart again', () => {
  const reopen = (orderId = 'o-1'): CommandOf<typeof cart> => ({ type: 'ReopenCart', orderId, reason: 'order-exists' });
  const reopened: CartEvent = { type: 'CartReopened', data: { orderId: 'o-1', reason: 'order-exists' } };
  const history = [added('1', 'A', 6), added('2', 'B', 1), removed('2'), checkedOut, reopened];

  it('follows when it was checked out for that order, and only then', () => {
    given(added('1', 'A', 6), checkedOut)
      .when(reopen())
      .then(reopened);
    given(added('1', 'A', 6), checkedOut)
      .when(reopen('o-2'))
      .thenNothing();
    given(added('1', 'A', 6))
      .when(reopen())
      .thenNothing();
    given(...history)
      .when(reopen())
      .thenNothing();
  });

  it('leaves it with its lines, to be changed and checked out into another order', () => {
    expect(fold(cart, history)).toEqual(fold(cart, history.slice(0, 3)));
    given(...history)
      .when(add('B', 1))
      .then(added('3', 'B', 1));
    given(...history)
      .when(checkOut('o-2'))
      .then({ ...checkedOut, data: { ...checkedOut.data, orderId: 'o-2' } });
  });
});

describe('the view of a cart', () => {
  const view = (...events: readonly CartEvent[]) => cartView('1', fold(cart, events));

  it('shows lines with amounts and the total', () => {
    expect(view(added('1', 'A', 6), changed('1', 2))).toEqual({
      ...{ cartId: '1', status: 'open', currency: 'GBP', total: '5.10' },
      lines: [{ lineId: '1', sku: 'A', quantity: 2, unitPrice: '2.55', amount: '5.10' }],
    });
  });

  it('shows a cart that nobody has put anything into', () => {
    expect(view()).toEqual({ cartId: '1', status: 'open', lines: [] });
  });

  it('shows the order that a cart has become', () => {
    expect(view(added('1', 'A', 6), checkedOut)).toEqual({ ...checkedOut.data, status: 'checked-out' });
  });
});

it('survives as a snapshot: the state is what JSON says it is', () => {
  const state = fold(cart, [added('1', 'A', 6), added('2', 'B', 1), removed('1')]);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
