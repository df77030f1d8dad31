import { describe, expect, it } from '@jest/globals';
import { cartCommands } from './cart.commands.js';

const item = { sku: 'BANK CHARGES', quantity: 1, unitPrice: { amount: '15.00', currency: 'GBP' } };
const order = { orderId: 'o-1', customerId: '17850' };

describe('the commands of a cart', () => {
  it('take what people may ask for', () => {
    expect(cartCommands.AddItemToCart.parse(item)).toEqual(item);
    expect(cartCommands.ChangeQuantity.parse({ lineId: '12', quantity: 3 })).toEqual({ lineId: '12', quantity: 3 });
    expect(cartCommands.RemoveItemFromCart.parse({ lineId: '1' })).toEqual({ lineId: '1' });
  });

  it('know a country when none is given, and lead times to one form', () => {
    expect(cartCommands.CheckOutCart.parse({ ...order, placedAt: '2010-12-01T08:26:00Z' })).toEqual({
      ...{ ...order, country: 'Unspecified', placedAt: '2010-12-01T08:26:00.000Z' },
    });
  });

  it.each([
    ['AddItemToCart', { ...item, quantity: 0 }, ['quantity'], 'must be a whole number from 1 to 1000000'],
    ['AddItemToCart', { ...item, sku: ' x' }, ['sku'], 'must be 1 to 64 printable characters'],
    ['AddItemToCart', { ...item, description: 'x'.repeat(201) }, ['description'], 'at most 200'],
    ['AddItemToCart', { ...item, colour: 'red' }, [], 'Unrecognized key: "colour"'],
    ['AddItemToCart', { ...item, unitPrice: { amount: '0', currency: 'GBP' } }, ['unitPrice', 'amount'], 'above 0'],
    ['ChangeQuantity', { lineId: '0', quantity: 1 }, ['lineId'], 'the id of a line'],
    ['ChangeQuantity', { lineId: 1, quantity: 1 }, ['lineId'], 'the id of a line'],
    ['CheckOutCart', { ...order, orderId: 'a b' }, ['orderId'], 'must be 1 to 128 characters'],
    ['CheckOutCart', { ...order, country: '' }, ['country'], 'must be 1 to 64 printable characters'],
    ['CheckOutCart', { ...order, placedAt: '2010-12-01' }, ['placedAt'], 'ISO 8601 time in UTC'],
  ] as const)('%s refuses %j where it is wrong and names the rule', (type, data, path, rule) => {
    expect(cartCommands[type].safeParse(data).error?.issues).toEqual([
      expect.objectContaining({ path, message: expect.stringContaining(rule) }),
    ]);
  });
});
