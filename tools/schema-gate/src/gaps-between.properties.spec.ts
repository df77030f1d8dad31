import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { gapsBetween } from './comparison/gaps-between.js';
import { schemaPairs, schemas } from './fixtures/random-schemas.js';
import type { JsonSchema } from './json-schema.js';
import { valuesOf } from './samples.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const VALUES = 10;

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validatorOf = (schema: JsonSchema): ((value: unknown) => boolean) => ajv.compile(schema);

const samples = (schema: JsonSchema, from: number): readonly unknown[] =>
  fc.sample(valuesOf(schema), { numRuns: VALUES, seed: from });

describe(`what is compared, against a validator (SPEC_SEED=${seed})`, () => {
  it('makes values that are valid', () => {
    fc.assert(
      fc.property(schemas, fc.nat(), (schema, from) => {
        const isValid = validatorOf(schema);
        for (const value of samples(schema, from)) expect([value, isValid(value)]).toEqual([value, true]);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('never says that a schema takes all of another when it does not', () => {
    let [compatible, refused] = [0, 0];
    fc.assert(
      fc.property(schemaPairs, fc.nat(), ([source, target], from) => {
        const isTaken = validatorOf(target);
        const values = samples(source, from);
        if (gapsBetween(source, target).length > 0) {
          if (!values.every(isTaken)) refused += 1;
          return;
        }
        compatible += 1;
        for (const value of values) expect([value, isTaken(value)]).toEqual([value, true]);
      }),
      { seed, numRuns: 600 },
    );
    // It neither refuses everything nor is only asked about what fits.
    expect(compatible).toBeGreaterThan(120);
    expect(refused).toBeGreaterThan(60);
  });

  it('finds every schema to take its own values', () => {
    fc.assert(
      fc.property(schemas, (schema) => expect(gapsBetween(schema, schema)).toEqual([])),
      { seed, numRuns: 300 },
    );
  });
});
