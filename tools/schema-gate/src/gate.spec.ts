import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEvents, type Events, merged, renamed, retired, since, split } from '@ledgerline/es-core';
import type { EventDefinitions, PastType } from '@ledgerline/es-core/runtime';
import { z } from 'zod';
import { checkCompatibility, releaseSchemas, type Verdict } from './gate.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'released-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const events = (definitions: EventDefinitions, ...past: readonly PastType[]): Events =>
  defineEvents('payments.events', definitions, { past });

const paid = (data: z.ZodType): Events => events({ Paid: data });
const gate = ({ catalogue }: Events, topic = 'payments.events') => ({ directory, topics: [{ topic, catalogue }] });

const check = (recorded: Events, topic?: string): Verdict => checkCompatibility(gate(recorded, topic));
const release = (recorded: Events, name = '1.0.0'): Verdict => releaseSchemas(gate(recorded), name);

/** What is said of a change of the one field `is`. */
const ofField = (before: z.ZodType, after: z.ZodType): string => {
  release(paid(z.object({ is: before })));
  const { isCompatible, report } = check(paid(z.object({ is: after })));
  return isCompatible ? 'compatible' : report;
};

describe('what today refuses of what is recorded', () => {
  const line = z.object({ sku: z.string(), quantity: z.int() });
  const card = z.object({ by: z.literal('card'), digits: z.string() });
  const cash = z.object({ by: z.literal('cash') });

  it.each<[string, z.ZodType, z.ZodType, RegExp]>([
    [
      'a field becomes required',
      z.string().optional(),
      z.string(),
      /Paid\.v1, is .*reading: required now; .* without it/s,
    ],
    ['another type', z.string(), z.number(), /Paid\.v1, is .*reading: .* may have string; .* takes number/s],
    ['whole numbers only', z.number(), z.int(), /, is .*reading: .* may have number; .* takes integer/s],
    ['null is refused', z.string().nullable(), z.string(), /, is .*reading: .* may have null; .* takes string/s],
    ['a listed value is removed', z.enum(['a', 'b']), z.enum(['a']), /, is .*reading: .* may have "b"; .* takes "a"/s],
    [
      'only listed values are left',
      z.string(),
      z.enum(['a', 'b']),
      /, is .*reading: .* may have string; .* takes "a" or "b"/s,
    ],
    ['a literal changes', z.literal('a'), z.literal('b'), /, is .*reading: .* may have "a"; .* takes "b"/s],
    ['a minimum goes up', z.number().min(1), z.number().min(2), /, is .*reading: .* may have >= 1; .* takes >= 2/s],
    ['a maximum comes', z.number(), z.number().max(9), /, is .*reading: .* may have no maximum; .* takes <= 9/s],
    ['a bound is left out', z.int().min(0), z.int().positive(), /, is .*reading: .* may have >= 0; .* takes >= 1/s],
    ['a step comes', z.number(), z.number().multipleOf(0.5), /, is .*reading: .* takes multiples of 0.5/s],
    ['a text must be longer', z.string(), z.string().min(1), /, is .*reading: .* may have length >= 0; .* >= 1/s],
    [
      'a text must be shorter',
      z.string().max(9),
      z.string().max(8),
      /, is .*reading: .* may have length <= 9; .* <= 8/s,
    ],
    [
      'another pattern',
      z.string().regex(/^a/),
      z.string().regex(/^b/),
      /, is .*reading: .* may have \^a; .* takes \^b/s,
    ],
    ['a format comes', z.string(), z.iso.date(), /, is .*reading: .* may have string; .* takes date/s],
    [
      'a list becomes shorter',
      z.array(z.string()),
      z.array(z.string()).max(2),
      /, is .*reading: .* any items; .* items <= 2/s,
    ],
    [
      'inside a list',
      z.array(line),
      z.array(line.extend({ quantity: z.int().max(5) })),
      /, is\[\]\.quantity .*reading: .* takes <= 5/s,
    ],
    [
      'inside an object',
      z.object({ a: z.object({ b: z.string() }) }),
      z.object({ a: z.object({ b: z.boolean() }) }),
      /, is\.a\.b .*reading: /s,
    ],
    [
      'the values of a record',
      z.record(z.string(), z.string()),
      z.record(z.string(), z.int()),
      /, is\.\* .*reading: .* may have string; .* integer/s,
    ],
    [
      'the names of a record',
      z.record(z.string(), z.int()),
      z.record(z.string().max(3), z.int()),
      /, is\.\(name\) .*reading: .* length <= 3/s,
    ],
    [
      'a place of a tuple',
      z.tuple([z.string(), z.int()]),
      z.tuple([z.string(), z.string()]),
      /, is\[1\] .*reading: .* may have integer; .* string/s,
    ],
    [
      'a longer tuple',
      z.tuple([z.string()]),
      z.tuple([z.string(), z.string()]),
      /, is .*reading: .* items >= 1; .* items >= 2/s,
    ],
    [
      'a member of a union is removed',
      z.union([z.string(), z.int(), z.boolean()]),
      z.union([z.string(), z.int()]),
      /, is .*reading: .* may have boolean; .* string or integer/s,
    ],
    [
      'a kind is removed',
      z.discriminatedUnion('by', [card, cash]),
      z.discriminatedUnion('by', [card]),
      /, is.*reading: .*"cash"; .* "card"/s,
    ],
    [
      'inside a kind',
      z.discriminatedUnion('by', [card, cash]),
      z.discriminatedUnion('by', [card.extend({ digits: z.string().max(4) }), cash]),
      /, is\.digits .*reading: .* length <= 4/s,
    ],
    [
      'a field is refused',
      z.object({ a: z.int(), b: z.int() }),
      z.strictObject({ a: z.int() }),
      /, is\.b .*reading: refused now; .* may have it \(integer\)/s,
    ],
    [
      'a field is stored encrypted',
      z.string(),
      z.string().meta({ personal: true }),
      /, is .*reading: read as personal: encrypted now/s,
    ],
    [
      'a rule of unknown meaning',
      z.string(),
      z.string().meta({ mustBe: 'nice' }),
      /, is .*reading: changed where the schema says "mustBe"/s,
    ],
  ])('%s', (_, before, after, said) => expect(ofField(before, after)).toMatch(said));
});

describe('what readers of the last release refuse of what is written now', () => {
  it.each<[string, z.ZodType, z.ZodType, RegExp]>([
    [
      'a listed value is added',
      z.enum(['a']),
      z.enum(['a', 'b']),
      /, is .*writing: may be "b" now; readers of 1\.0\.0 take "a"/s,
    ],
    ['a field may be missing', z.string(), z.string().optional(), /, is .*writing: may be missing now; .* require it/s],
    ['null is taken', z.string(), z.string().nullable(), /, is .*writing: may be null now; .* take string/s],
    ['a wider type', z.int(), z.number(), /, is .*writing: may be number now; .* take integer/s],
    [
      'a member of a union is added',
      z.union([z.string(), z.int()]),
      z.union([z.string(), z.int(), z.boolean()]),
      /, is .*writing: may be boolean now/s,
    ],
    ['a maximum goes up', z.int().max(5), z.int().max(6), /, is .*writing: may be <= 6 now; .* take <= 5/s],
    [
      'a new field where they refuse it',
      z.strictObject({}),
      z.strictObject({ a: z.int() }),
      /, is\.a .*writing: recorded now \(integer\); .* refuse/s,
    ],
  ])('%s', (_, before, after, said) => expect(ofField(before, after)).toMatch(said));
});

describe('what may be changed', () => {
  it.each<[string, z.ZodType, z.ZodType]>([
    ['a description', z.string(), z.string().describe('A text.')],
    ['a field that may be missing is added', z.object({ a: z.int() }), z.object({ a: z.int(), b: z.int().optional() })],
    ['a field that may be missing is left out', z.object({ a: z.int().optional() }), z.object({})],
    ['the order of values', z.enum(['a', 'b']), z.enum(['b', 'a'])],
    ['the order of members', z.union([z.string(), z.int()]), z.union([z.int(), z.string()])],
    ['the same said otherwise', z.int().min(1), z.int().positive()],
    ['a schema with a name', z.object({ a: z.int() }), z.object({ a: z.int() }).meta({ id: 'A' })],
  ])('%s', (_, before, after) => expect(ofField(before, after)).toBe('compatible'));

  it('what was never released', () => {
    release(paid(z.object({ is: z.string() })));
    const added = events({ Paid: z.object({ is: z.string() }), Lost: z.object({}) });
    expect(check(added)).toEqual({ isCompatible: true, report: expect.stringContaining('Not released yet: Lost.v1.') });
  });

  it('a schema that refers to itself, which is followed once', () => {
    interface Tree {
      readonly label: string;
      readonly under: readonly Tree[];
    }
    const tree = (label: z.ZodString): z.ZodType<Tree> => {
      const node: z.ZodType<Tree> = z.object({ label, under: z.array(z.lazy(() => node)) });
      return node;
    };
    expect(ofField(tree(z.string()), tree(z.string()))).toBe('compatible');
    expect(check(paid(z.object({ is: tree(z.string().max(3)) }))).report).toMatch(/, is\.label .*length <= 3/s);
  });
});

describe('an event as a whole', () => {
  const v1 = z.object({ name: z.string() });
  const v2 = z.object({ first: z.string(), last: z.string() });
  const named = since(v1).to(v2, ({ name }) => ({ first: name, last: '' }));

  it('goes on in a new version with an upcaster', () => {
    release(events({ Named: v1 }));
    const { isCompatible, report } = check(events({ Named: named }));
    expect(isCompatible).toBe(true);
    expect(report).toContain('Not released yet: Named.v2, which readers of 1.0.0 may not be able to read');
    const more = v1.extend({ at: z.string() });
    const added = since(v1).to(more, (data) => ({ ...data, at: '' }));
    expect(check(events({ Named: added })).report).toContain(
      'Not released yet: Named.v2, which readers of 1.0.0 take as Named.v1.',
    );
  });

  it('must not lose what was recorded, be it an event or a version', () => {
    release(events({ Named: named, Paid: v1 }));
    const { report } = check(events({ Named: v1 }));
    expect(report).toContain('2 breaking changes');
    expect(report).toMatch(
      /Named\.v2 \(payments\.events\)\n {2}reading: payments\.events may hold such events since 1\.0\.0/,
    );
    expect(report).toMatch(
      /Paid\.v1 \(payments\.events\)\n.*\n {2}instead: Put Paid\.v1 back .* retired there, never removed/,
    );
  });

  describe('may be something else by now', () => {
    const today = { PersonNamed: v1 };
    const widened = v1.extend({ name: z.string().max(5) });

    it('a new name', () => {
      release(events({ Named: v1 }));
      expect(check(events(today, renamed('Named', 'PersonNamed'))).isCompatible).toBe(true);
      const shorter = events({ PersonNamed: widened }, renamed('Named', 'PersonNamed'));
      expect(check(shorter).report).toMatch(/Named\.v1, name .*reading: .* takes length <= 5/s);
    });

    it('several events', () => {
      release(events({ Named: v1 }));
      const whole = split('Named', v1, ['PersonNamed.v1'], (data) => [{ type: 'PersonNamed.v1', data }]);
      expect(check(events(today, whole)).isCompatible).toBe(true);
      const broken = split('Named', v1, ['PersonNamed.v1'], () => [{ type: 'PersonNamed.v1', data: {} }]);
      expect(check(events(today, broken)).report).toContain('an event that 1.0.0 could record is not read');
    });

    it('one event with others', () => {
      const last = z.object({ last: z.string() });
      release(events({ First: v1, Last: last }));
      const both = merged({ First: v1, Last: last }, 'PersonNamed.v1', ({ First, Last }) => ({
        name: `${First?.name} ${Last?.last}`,
      }));
      expect(check(events(today, both)).isCompatible).toBe(true);
    });

    it('nothing, where that is said', () => {
      release(events({ Named: v1 }));
      expect(check(events(today, retired('Named'))).isCompatible).toBe(true);
      expect(check(events(today)).isCompatible).toBe(false);
    });
  });

  it('must not move to a topic where nobody finds what is recorded', () => {
    release(paid(v1));
    expect(check(paid(v1), 'other.events').report).toContain('they are looked for in other.events now');
  });

  it('must be led all the way to the shape of today', () => {
    release(events({ Named: v1 }));
    const broken = ({ name }: z.output<typeof v1>) => ({ first: name }) as z.output<typeof v2>;
    const throwing = (): never => {
      throw new Error('no such customer');
    };
    for (const [upcaster, why] of [
      [broken, /: last: Invalid input/],
      [throwing, /no such customer/],
    ] as const) {
      const { isCompatible, report } = check(events({ Named: since(v1).to(v2, upcaster) }));
      expect(isCompatible).toBe(false);
      expect(report).toMatch(/Named\.v1 .*reading: an event that 1\.0\.0 could record is not read: \{"name":/s);
      expect(report).toMatch(why);
    }
  });

  it('is held to every release, not to the last one alone', () => {
    const note = z.object({ name: z.string(), note: z.string().optional() });
    release(events({ Named: v1 }), '1.0.0');
    release(events({ Named: note }), '1.1.0');
    const otherNote = z.object({ name: z.string(), note: z.int().optional() });
    expect(check(events({ Named: otherNote })).report).toContain('events recorded since 1.1.0');
    expect(check(events({ Named: v1 })).isCompatible).toBe(true);
  });
});

describe('schemas that cannot be compared', () => {
  it.each<[string, z.ZodType, RegExp]>([
    ['a check in code', z.string().refine((text) => text !== 'x'), /Paid\.v1: is has a check \(custom\)/],
    ['a change of the value', z.string().trim(), /Paid\.v1: is has a check \(overwrite\)/],
    ['a transformation', z.string().transform(Number), /Paid\.v1: the data cannot be said in JSON Schema/],
    ['a pattern with a flag', z.string().regex(/a/i), /Paid\.v1: is has a pattern with the flag i/],
    ['a type that JSON does not have', z.date(), /Paid\.v1: the data cannot be said in JSON Schema/],
  ])('%s', (_, field, rule) => expect(() => release(paid(z.object({ is: field })))).toThrow(rule));
});

describe('a release', () => {
  const first = paid(z.object({ is: z.string() }));
  const second = events({ Paid: z.object({ is: z.string() }), Lost: z.object({}) });
  const file = (...path: string[]): string => readFileSync(join(directory, ...path), 'utf8');

  it('records what is new, and leaves what was recorded as it was', () => {
    release(first, '1.0.0');
    const before = file('1.0.0', 'Paid.v1.json');
    expect(release(second, '1.1.0').report).toBe('Recorded as 1.1.0: Lost.v1.');
    expect(file('1.0.0', 'Paid.v1.json')).toBe(before);
    expect(JSON.parse(before)).toMatchObject({
      type: 'object',
      properties: { is: { type: 'string' } },
      required: ['is'],
    });
    expect(check(second).report).toBe('2 schemas of stored events are compatible with 2 released ones.');
  });

  it('is made once', () => {
    release(first, '1.0.0');
    expect(() => release(second, '1.0.0')).toThrow('release 1.0.0 is recorded already and never changes');
    expect(release(first, '1.0.0').report).toBe('There is nothing new to record.');
  });

  it('records nothing where something breaks', () => {
    release(first, '1.0.0');
    const { isCompatible, report } = release(paid(z.object({ is: z.int() })), '1.1.0');
    expect(isCompatible).toBe(false);
    expect(report).toContain('Nothing was recorded.');
    expect(file('manifest.json')).not.toContain('1.1.0');
  });

  it('has the name of a version', () => {
    expect(() => release(first, 'next')).toThrow('release next must be a version');
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['was edited', (text) => text.replace('string', 'number'), /Paid\.v1\.json was changed after its release/],
    ['was cut off', (text) => text.slice(0, 10), /Paid\.v1\.json was changed after its release/],
  ])('is refused when a schema %s', (_, edit, said) => {
    release(first);
    const path = join(directory, '1.0.0', 'Paid.v1.json');
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
    expect(() => check(first)).toThrow(said);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['is no JSON', (text) => text.slice(0, 10), /manifest\.json is no JSON/],
    [
      'is of a later format',
      (text) => text.replace('"format": 1', '"format": 2'),
      /manifest\.json cannot be used: format must be 1/,
    ],
    [
      'names a file elsewhere',
      (text) => text.replace('"Paid.v1"', '"../x"'),
      /schemas\.0\.storedName must be a stored name/,
    ],
  ])('is refused when the manifest %s', (_, edit, said) => {
    release(first);
    const path = join(directory, 'manifest.json');
    writeFileSync(path, edit(readFileSync(path, 'utf8')));
    expect(() => check(first)).toThrow(said);
  });

  it('is missed where a schema or the whole of it is gone', () => {
    expect(() => check(first)).toThrow('has no release yet: run `npx nx run events:release-schemas`');
    release(first);
    rmSync(join(directory, '1.0.0', 'Paid.v1.json'));
    expect(() => check(first)).toThrow('Paid.v1.json cannot be read: take it back from version control');
  });
});
