import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import {
  contactLineField,
  countryField,
  currencyField,
  dayField,
  descriptionField,
  emailField,
  idField,
  quantityField,
  reasonField,
  recordedCountryField,
  skuField,
  timeField,
  unitPriceField,
} from './fields.js';

const price = (amount: unknown, currency: unknown = 'GBP'): unknown => ({ amount, currency });

interface Rule {
  readonly name: string;
  readonly field: z.ZodType;
  readonly taken: readonly unknown[];
  readonly refused: readonly unknown[];
  readonly says: string;
}

const rules: readonly Rule[] = [
  {
    ...{ name: 'an id', field: idField, says: '1 to 128 characters' },
    taken: ['1', 'guest-536365', 'a.b_c-D', 'x'.repeat(128)],
    refused: ['', 'x'.repeat(129), 'a b', 'a/b', 'é', 'a\n', 5, null],
  },
  {
    ...{ name: 'a sku', field: skuField, says: '1 to 64 printable characters' },
    taken: ['85123A', 'BANK CHARGES', 'x', 'ü', 'x'.repeat(64), '#|@'],
    refused: ['', ' x', 'x ', ' ', 'x\ty', 'x\u0000', 'x\u00a0y', 'x\u200by', 'x'.repeat(65), '\ud800', 7],
  },
  ...[skuField, countryField].map((field) => ({
    ...{ name: 'a key', field, says: 'none that is invisible' },
    taken: ['नमस्ते', '😀', '❤', '가'],
    refused: [...'\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\ufe0f\uffa0\u{e0100}'].flatMap((one) => [
      one,
      `a${one}`,
      `a${one}b`,
    ]),
  })),
  {
    ...{ name: 'a country', field: countryField, says: '1 to 64 printable characters' },
    taken: ['EIRE', 'United Kingdom', 'Unspecified', "Côte d'Ivoire"],
    refused: ['', ' ', 'x'.repeat(65), 'a\nb', undefined],
  },
  {
    ...{ name: 'a country of before', field: recordedCountryField, says: '1 to 64 printable characters' },
    taken: ['France\ufe0f', '\u3164'],
    refused: ['', 'x\u200by'],
  },
  {
    ...{ name: 'a description', field: descriptionField, says: 'at most 200' },
    taken: ['', 'x'.repeat(200)],
    refused: ['x'.repeat(201), 5, null],
  },
  {
    ...{ name: 'a description', field: descriptionField, says: 'must be well-formed text' },
    taken: ['a\tb\r\nc', '👩‍🚀', '\u00a0\u200b\ufffd\uffff'],
    refused: ['half \ud83d', '\ude00', '\ude00\ud83d', 'a\u0000', '\u001b', '\u007f', '\u0085'],
  },
  {
    ...{ name: 'a reason', field: reasonField, says: '1 to 500' },
    taken: ['x', 'x'.repeat(500)],
    refused: ['', 'x'.repeat(501), 5],
  },
  {
    ...{ name: 'a reason', field: reasonField, says: 'must be well-formed text' },
    taken: ['a\nb 😀'],
    refused: ['\ud83d', 'a\u0000'],
  },
  {
    ...{ name: 'an e-mail address', field: emailField, says: 'must be an e-mail address' },
    taken: ['ada@example.org', 'käthe+😀@münchen.example'],
    refused: [
      'a',
      '@',
      'a@',
      'a@b@c',
      'a b@c',
      'a@b\u0000',
      '\ud83d@b',
      'a@\u200bb',
      'a\u00a0@b',
      `${'a'.repeat(253)}@b`,
    ],
  },
  {
    ...{ name: 'a line of an address', field: contactLineField, says: '1 to 200 printable characters' },
    taken: ['12 rue de la Paix', '😀', 'शर्मा\u200dजी', 'علی\u200cرضا', 'क्\u200dष'],
    refused: [
      '\u200dा',
      'जी\u200d',
      'علی\u200c رضا',
      'ج\u200c\u200dج',
      'a\u200bb',
      '',
      '\ud83d',
      'a\u0000',
      'a\nb',
      ' a',
    ],
  },
  {
    ...{ name: 'a quantity', field: quantityField, says: 'whole number from 1 to 1000000' },
    taken: [1, 1_000_000],
    refused: [0, -1, 1.5, 1_000_001, '1', NaN, Infinity, null],
  },
  {
    ...{ name: 'a unit price', field: unitPriceField, says: '' },
    taken: [price('2.55'), price('0.0001'), price('9999999.9999'), price('7'), price('2.1')],
    refused: [
      ...[price('0'), price('0.00'), price('-1'), price('10000000'), price('1.00001'), price('1.'), price('.5')],
      ...[price('1e3'), price('01.5'), price(''), price('2,55'), price(2.55), price('2.55', 'GBX')],
      ...[price('2.55', null), '2.55', { amount: '1', currency: 'GBP', vat: '0.20' }],
    ],
  },
  {
    ...{ name: 'a currency', field: currencyField, says: 'ISO 4217' },
    taken: ['GBP', 'JPY'],
    refused: ['gbp', 'POUND', '', 826],
  },
  {
    ...{ name: 'a time', field: timeField, says: 'ISO 8601 time in UTC' },
    taken: ['2010-12-01T08:26:00Z', '2010-12-01T08:26:00.123456Z', '2012-02-29T00:00:00Z'],
    refused: ['2010-12-01', '2010-12-01T08:26:00', '2010-12-01T08:26:00+01:00', '2011-02-29T00:00:00Z', 'now', 5],
  },
  {
    ...{ name: 'a day', field: dayField, says: 'must be a date' },
    taken: ['2010-12-01'],
    refused: ['2010-12-32', '2010-12-01T00:00:00Z', '20101201', ''],
  },
];

describe.each(rules)('$name', ({ field, taken, refused, says }) => {
  it.each(taken.map((value) => [value]))('may be %j', (value) => {
    expect(field.safeParse(value).success).toBe(true);
  });

  it.each(refused.map((value) => [value]))('may not be %j, and the message names the rule', (value) => {
    expect(field.safeParse(value).error?.issues[0]?.message).toContain(says);
  });
});

describe('a time', () => {
  it('is led to one form, so that times compare as text', () => {
    expect(timeField.parse('2010-12-01T08:26:00Z')).toBe('2010-12-01T08:26:00.000Z');
    expect(timeField.parse('2010-12-01T08:26:00.1Z')).toBe('2010-12-01T08:26:00.100Z');
  });

  it('take a time from 1900 to a minute ahead', () => {
    const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
    for (const time of ['1900-01-01T00:00:00Z', inSeconds(0), inSeconds(50)])
      expect(timeField.parse(time)).toBe(new Date(time).toISOString());
    for (const time of ['0000-01-01T00:00:00Z', '1899-12-31T23:59:59Z', '9999-12-31T23:59:59Z', inSeconds(70)])
      expect(timeField.safeParse(time).error?.issues).toMatchObject([
        { message: 'must be a time from 1900 on, at most a minute ahead of the clock of the service' },
      ]);
  });

  it('have one form of a sku and of a country, and its length counts', () => {
    for (const field of [skuField, countryField]) {
      expect(field.parse('Curac\u0327ao')).toBe('Cura\u00e7ao');
      expect(field.parse('\u212b')).toBe('\u00c5');
      expect(field.parse('c\u0327'.repeat(64))).toBe('\u00e7'.repeat(64));
      expect(field.safeParse('\u0958'.repeat(33)).success).toBe(false);
    }
  });
});

describe('a unit price', () => {
  it.each([
    [price('0'), ['amount'], 'must be a decimal string above 0 and below 10000000 with at most 4 decimals'],
    [price('1', 'GBX'), ['currency'], 'must be a currency code of ISO 4217'],
    ['2.55', [], 'must be an object { amount, currency }'],
    [{ amount: '1', currency: 'GBP', vat: '0.20' }, [], 'Unrecognized key: "vat"'],
  ])('%j is refused where it is wrong', (value, path, message) => {
    expect(unitPriceField.safeParse(value).error?.issues).toEqual([
      expect.objectContaining({ path, message: expect.stringContaining(message) }),
    ]);
  });
});
