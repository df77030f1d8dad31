import { describe, expect, it } from '@jest/globals';
import { type CommandOf, fold } from '@ledgerline/es-core';
import { given as givenEvents } from '@ledgerline/es-testing';
import type { ReturnRegistered } from '@ledgerline/events';
import { goodsReturn } from './return.aggregate.js';
import { returnView } from './return.view.js';

const given = (...events: readonly ReturnRegistered[]) => givenEvents(goodsReturn, ...events);
type RegisterReturn = CommandOf<typeof goodsReturn>;
type ReturnedLine = RegisterReturn['lines'][number];
const at = '2026-01-01T00:00:00.000Z';

const line = (sku: string, quantity: number, amount = '2.55', currency = 'GBP'): ReturnedLine => ({
  ...{ sku, quantity, unitPrice: { amount, currency } },
});
const register = (lines: readonly ReturnedLine[], more: Partial<RegisterReturn> = {}): RegisterReturn => ({
  ...{ type: 'RegisterReturn', customerId: '17850', country: 'EIRE', lines },
  ...more,
});
const registered: ReturnRegistered = {
  type: 'ReturnRegistered',
  data: {
    ...{ returnId: '1', customerId: '17850', country: 'EIRE', registeredAt: at, currency: 'GBP', total: '2.55' },
    lines: [{ lineId: '1', sku: 'A', quantity: 1, unitPrice: '2.55', amount: '2.55' }],
  },
};

describe('a return', () => {
  it('is registered once', () => {
    given()
      .when(register([line('A', 1)]))
      .then(registered);
    given(registered)
      .when(register([line('A', 1)]))
      .thenRejected('return-exists');
  });

  it('names its order and its day where they are known', () => {
    const registeredAt = '2010-12-01T09:41:00.000Z';
    given()
      .when(register([line('A', 1)], { orderId: 'o-1', registeredAt }))
      .then({ type: 'ReturnRegistered', data: { ...registered.data, orderId: 'o-1', registeredAt } });
  });

  it('merges lines of one sku, however it was written', () => {
    const lines = [{ lineId: '1', sku: 'Curac\u0327ao', quantity: 3, unitPrice: '2.55', amount: '7.65' }];
    given()
      .when(register([line('Curac\u0327ao', 1), line('Cura\u00e7ao', 2)]))
      .then({ type: 'ReturnRegistered', data: { ...registered.data, lines, total: '7.65' } });
  });

  it('merges lines as a cart does, and rounds each amount once', () => {
    given()
      .when(register([line('A', 4, '0.335'), line('B', 1), line('A', 3, '0.3350'), line('A', 1, '2.5')]))
      .then({
        type: 'ReturnRegistered',
        data: {
          ...registered.data,
          lines: [
            { lineId: '1', sku: 'A', quantity: 7, unitPrice: '0.335', amount: '2.35' },
            { lineId: '2', sku: 'B', quantity: 1, unitPrice: '2.55', amount: '2.55' },
            { lineId: '3', sku: 'A', quantity: 1, unitPrice: '2.50', amount: '2.50' },
          ],
          total: '7.40',
        },
      });
  });

  it('keeps to one currency and to the size of a line', () => {
    given()
      .when(register([line('A', 1), line('B', 1, '2.55', 'EUR')]))
      .thenRejected('currency-mismatch');
    given()
      .when(register([line('A', 1_000_000), line('A', 1)]))
      .thenRejected('quantity-too-large');
    given().when(register([])).thenRejected('return-empty');
  });

  it('shows what came back', () => {
    expect(returnView(goodsReturn.initialState)).toBeUndefined();
    expect(returnView(fold(goodsReturn, [registered]))).toEqual({ ...registered.data, status: 'registered' });
  });
});

describe('the commands of a return', () => {
  const data = { customerId: '17850', lines: [line('A', 1)] };
  const { RegisterReturn } = goodsReturn.commands;

  it('know a country when none is given', () => {
    expect(RegisterReturn.parse(data)).toEqual({ ...data, country: 'Unspecified' });
  });

  it.each([
    [{ ...data, lines: [] }, ['lines'], 'a list of 1 to 2000 lines'],
    [{ ...data, lines: Array.from({ length: 2001 }, () => line('A', 1)) }, ['lines'], 'a list of 1 to 2000 lines'],
    [{ ...data, lines: [line('A', 1), line('B', 0)] }, ['lines', 1, 'quantity'], 'a whole number'],
    [{ ...data, orderId: '' }, ['orderId'], '1 to 128'],
    [{ ...data, refund: true }, [], 'Unrecognized key: "refund"'],
  ])('name the field and the rule', (wrong, path, rule) => {
    expect(RegisterReturn.safeParse(wrong).error?.issues).toEqual([
      expect.objectContaining({ path, message: expect.stringContaining(rule) }),
    ]);
  });
});
