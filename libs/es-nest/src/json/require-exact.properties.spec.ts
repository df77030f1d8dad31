import { ValidationFailed } from '@ledgerline/es-core';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requireExact } from './require-exact.js';

/** What is wrong with the text, and that it was JSON. */
const problemsOf = (json: string): readonly { readonly field: string; readonly rule: string }[] => {
  JSON.parse(json);
  try {
    requireExact(json);
    return [];
  } catch (error) {
    if (error instanceof ValidationFailed) return error.problems;
    throw error;
  }
};

const seed = 20_101_201;
const ONCE = 'must be there only once';
const name = fc.string({ unit: 'binary' }).filter((text) => text !== '__proto__');
const whole = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
})).value;

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 25 });
const decimal = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: digits,
    fraction: fc.option(digits),
    exponent: fc.option(fc.integer({ min: -340, max: 340 })),
  })
  .map(({ sign, whole, fraction, exponent }) =>
    [
      sign,
      whole.replace(/^0+(?=\d)/, ''),
      fraction === null ? '' : `.${fraction}`,
      exponent === null ? '' : `e${exponent}`,
    ].join(''),
  );

/** The number times 10^400, without rounding. */
const scaled = (number: string): bigint => {
  const [, sign = '', integer = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:e\+?(-?\d+))?$/.exec(number) ?? [];
  const value = BigInt(sign + integer + fraction) * 10n ** BigInt(800 + Number(exponent) - fraction.length);
  return value;
};

describe('a JSON text', () => {
  it('is taken where JSON.parse takes it as it is, however it is written', () => {
    fc.assert(
      fc.property(whole, fc.constantFrom(0, 1, '\t'), (value, space) => {
        expect(problemsOf(JSON.stringify(value, null, space))).toEqual([]);
        expect(
          problemsOf(
            JSON.stringify(value).replaceAll(
              /[\u0080-\uffff]/g,
              (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
            ),
          ),
        ).toEqual([]);
      }),
      { seed },
    );
  });

  it('is refused exactly where one of its numbers would become another one', () => {
    fc.assert(
      fc.property(decimal, (number) => {
        const kept = Number(number);
        const isKept = Number.isFinite(kept) && scaled(number) === scaled(String(kept)) && !Object.is(kept, -0);
        expect(problemsOf(`[true, {"a": ${number}}]`).map(({ field }) => field)).toEqual(isKept ? [] : ['1.a']);
      }),
      { seed, numRuns: 2_000 },
    );
  });

  it('is refused where a name comes twice in one object, and says where', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.filter((text) => text.length < 100),
          { minLength: 1, maxLength: 6 },
        ),
        whole,
        whole,
        (names, one, other) => {
          const fields = [...names, names[0] ?? ''].map(
            (text, i) => `${JSON.stringify(text)}:${JSON.stringify(i === 0 ? one : other)}`,
          );
          expect(problemsOf(`{"list":[{},{${fields.join(' , ')}}]}`)).toEqual([
            { field: `list.1.${names[0]}`, rule: ONCE },
          ]);
        },
      ),
      { seed },
    );
  });

  it('is refused where half of a surrogate pair is in it, as a value or in a name', () => {
    const half = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit));
    fc.assert(
      fc.property(name, half, name, (before, unit, after) => {
        fc.pre(!(before + unit + after).isWellFormed());
        const text = JSON.stringify(before + unit + after);
        expect(problemsOf(`{"a":["",${text}]}`)).toMatchObject([{ field: 'a.1' }]);
        expect(problemsOf(`{"a":${text.slice(0, -1)}","b":{${text}:1}}`)).toHaveLength(2);
        expect(problemsOf(`"${before.replaceAll(/[\p{Cc}"\\]/gu, '')}${unit}"`)).toHaveLength(1);
      }),
      { seed },
    );
  });

  it.each([
    ['__proto__', '{"a":{"__proto__":1}}', 'a.__proto__'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}', '__proto__'],
  ])('is refused with the name %s', (_what, json, field) => {
    expect(problemsOf(json)).toEqual([{ field, rule: 'is not a field that is known here' }]);
  });

  it('says what a number would become', () => {
    expect(
      problemsOf('[6.0000000000000001, 1e400, -0, 9007199254740993]').map(({ rule }) => rule.split(' become ')[1]),
    ).toEqual([...['6', 'Infinity', '0', '9007199254740992']]);
    expect(problemsOf('[6, 6.0, 60e-1, 0.1, 1e308, 5e-324, 9007199254740992, 0, 0.0, 1E+2]')).toEqual([]);
  });

  it.each([
    ['digits', `[${'0.'}${'0'.repeat(1_000_000)}1]`],
    ['lists', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['objects', '{"a":'.repeat(150_000) + '1' + '}'.repeat(150_000)],
    ['equal names', `{${'"a":1,'.repeat(150_000)}"a":1}`],
    ['backslashes', `["${'\\\\'.repeat(500_000)}"]`],
    ['white space', `[${' '.repeat(1_000_000)}]`],
  ])('of a megabyte of %s is looked at in one pass', (_what, json) => {
    const before = process.cpuUsage();
    problemsOf(json);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2_000);
  });

  it('is refused by the first 200 characters of where it breaks a rule', () => {
    const refusedAt = (names: readonly string[]): string | undefined =>
      problemsOf(names.reduceRight((inner, name) => `{"${name}":${inner}}`, '-0'))[0]?.field;
    expect(refusedAt(Array.from({ length: 300 }, () => ''))).toBe(`${'.'.repeat(200)}…`);
    expect(refusedAt(Array.from({ length: 201 }, () => ''))).toBe('.'.repeat(200));
    expect(refusedAt(['a'.repeat(99), 'b'.repeat(100)])).toBe(`${'a'.repeat(99)}.${'b'.repeat(100)}`);
    expect(refusedAt(['a'.repeat(99), 'b'.repeat(100), 'c'])).toBe(`${'a'.repeat(99)}.${'b'.repeat(100)}…`);
  });
});
