import { describe, expect, it, jest } from '@jest/globals';
import { isCurrency, minorDigits } from './currencies.js';

describe('a currency', () => {
  it.each(['GBP', 'EUR', 'JPY', 'KWD', 'ZWG', 'XCG', 'XOF', 'CLF'])('may be %s', (code) => {
    expect(isCurrency(code)).toBe(true);
  });

  it.each([
    ['no code', ['gbp', 'GBX', 'POUND', '']],
    ['for tests, or for none', ['XTS', 'XXX']],
    ['without a minor unit', ['XAU', 'XDR', 'XSU', 'XUA']],
    ['withdrawn', ['HRK', 'SLL', 'ZWL', 'DEM']],
  ])('may not be one that is %s', (_, codes) => {
    expect(codes.filter(isCurrency)).toEqual([]);
  });

  it.each([
    ['GBP', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['HUF', 2],
    ['IQD', 3],
  ])('%s has the minor unit of the standard, whatever is the custom: %d digits', (code, digits) => {
    expect(minorDigits(code)).toBe(digits);
  });

  it('that was withdrawn since has two digits, so that what is stored can be read', () => {
    expect(minorDigits('HRK')).toBe(2);
  });

  it('does not follow what this Node knows', async () => {
    const known = jest.spyOn(Intl, 'supportedValuesOf').mockReturnValue([]);
    jest.resetModules();
    const again = await import('./currencies.js');
    known.mockRestore();
    expect(again.isCurrency('GBP')).toBe(true);
  });
});
