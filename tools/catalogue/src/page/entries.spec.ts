import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { JsonSchema } from '@ledgerline/schema-gate';
import { eventArticle } from './entries.js';
import { fieldRows, typeInWords } from './field-rows.js';

const jsonSchema = (zod: z.ZodType): JsonSchema => z.toJSONSchema(zod, { io: 'input' }) as JsonSchema;

describe('the fields of a schema', () => {
  it('are listed however deep they lie', () => {
    const zod = z.object({
      lines: z.array(z.object({ sku: z.string().describe('What it is.') })),
      note: z.string().optional(),
      by: z.union([z.object({ card: z.string() }), z.object({ cash: z.boolean() })]),
      prices: z.record(z.string(), z.object({ amount: z.string() })),
    });
    expect(fieldRows(jsonSchema(zod)).map(({ path, isOptional }) => `${path}${isOptional ? '?' : ''}`)).toEqual([
      ...['lines', 'lines[].sku', 'note?', 'by', 'by.card', 'by.cash', 'prices', 'prices.*.amount'],
    ]);
  });

  it.each<[string, z.ZodType]>([
    ['string, not empty', z.string().min(1)],
    ['string, 1 to 9 characters', z.string().min(1).max(9)],
    ['integer', z.int()],
    ['integer, at least 1', z.int().positive()],
    ['number, 0 to 1', z.number().min(0).max(1)],
    ['"a" | "b"', z.enum(['a', 'b'])],
    ['string | null', z.string().nullable()],
    ['list of string, at most 3', z.array(z.string()).max(3)],
    ['string | boolean', z.union([z.string(), z.boolean()])],
  ])('have a type in words: %s', (words, zod) => expect(typeInWords(jsonSchema(zod))).toBe(words));
});

describe('the entry of an event', () => {
  const entry = (zod: z.ZodType, example: unknown): string =>
    eventArticle({
      ...{ name: 'Paid', topic: 'payments.events', service: 'payment-service', category: 'payment', description: '' },
      versions: ['Paid.v2', 'Paid.v1'].map((storedName, i) => ({
        ...{ topic: 'payments.events', event: 'Paid', version: 2 - i, storedName, isCurrent: i === 0, zod },
        schema: jsonSchema(zod),
      })),
      ...{ example, commands: [], consumers: [] },
    }).text;

  it('marks what is personal', () => {
    const zod = z.object({ name: z.string().meta({ personal: true }), amount: z.string() });
    expect(entry(zod, {})).toMatch(/<code>name<\/code>.*personal<\/span><\/td>/);
    expect(entry(zod, {})).not.toMatch(/<code>amount<\/code>.*personal/);
  });

  it('shows a sealed field as what it is once it is opened', () => {
    const sealed = z.strictObject({ sealed: z.string() }).meta({ personal: true, opened: { type: 'string' } });
    const rows = fieldRows(jsonSchema(z.object({ name: sealed.optional() })));
    expect(rows).toEqual([{ path: 'name', type: 'string', isOptional: true, isPersonal: true, description: '' }]);
  });

  it('shows the shapes of before, and links every schema', () => {
    const text = entry(z.object({}), {});
    expect(text).toContain('As it was stored once: Paid.v1');
    expect(text).toMatch(/schemas\/Paid\.v2\.json.*schemas\/Paid\.v1\.json/);
  });

  it('is text, whatever it holds', () => {
    expect(entry(z.object({ a: z.string().describe('<b> & "`<i>`"') }), { a: '</pre><script>' })).not.toMatch(
      /<b>|<i>|<script>/,
    );
  });
});
