import { describe, expect, it } from '@jest/globals';
import { canonicalPrice, compareAmounts, isZero, lineAmount, minus, plus, sumOf, zero } from './money.js';

describe('a unit price', () => {
  it.each([
    ['2.1', 'GBP', '2.10'],
    ['2.10', 'GBP', '2.10'],
    ['2.1000', 'GBP', '2.10'],
    ['0.001', 'GBP', '0.001'],
    ['0.0010', 'GBP', '0.001'],
    ['7', 'GBP', '7.00'],
    ['100', 'JPY', '100'],
    ['100.00', 'JPY', '100'],
    ['100.50', 'JPY', '100.5'],
    ['1.5', 'KWD', '1.500'],
  ])('%s %s is spelled %s', (amount, currency, spelled) => {
    expect(canonicalPrice({ amount, currency })).toEqual({ amount: spelled, currency });
  });
});

describe('the amount of a line', () => {
  it.each([
    [6, '2.55', 'GBP', '15.30'],
    [1, '0.005', 'GBP', '0.01'],
    [1, '0.0049', 'GBP', '0.00'],
    [3, '0.335', 'GBP', '1.01'],
    [3, '1.005', 'GBP', '3.02'],
    [3, '1.5', 'JPY', '5'],
    [1, '1.0005', 'KWD', '1.001'],
    [1_000_000, '9999999.9999', 'GBP', '9999999999900.00'],
  ])('%d x %s %s is %s: rounded half up to the minor unit, once', (quantity, unitPrice, currency, amount) => {
    expect(lineAmount(quantity, unitPrice, currency)).toBe(amount);
  });
});

describe('amounts', () => {
  it('add up beyond what a float holds, and are printed with the minor digits', () => {
    expect(sumOf(['0.10', '0.20'], 'GBP')).toBe('0.30');
    expect(sumOf(['90071992547409.93', '0.01', '0.01'], 'GBP')).toBe('90071992547409.95');
    expect(plus('58960.70', '0.09', 'GBP')).toBe('58960.79');
    expect(minus('10.00', '9.99', 'GBP')).toBe('0.01');
    expect([zero('GBP'), zero('JPY'), sumOf([], 'KWD')]).toEqual(['0.00', '0', '0.000']);
  });

  it('compare as numbers, not as text', () => {
    expect(['10.00', '9.00', '100.00'].sort(compareAmounts)).toEqual(['9.00', '10.00', '100.00']);
    expect(isZero('0.00')).toBe(true);
    expect(isZero('0.01')).toBe(false);
  });
});
