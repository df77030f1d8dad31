import fc from 'fast-check';
import { inside, type Node, nodeOf, resolved } from './comparison/schema-node.js';
import { isObject, type JsonSchema } from './json-schema.js';

const SAMPLES = 100;
const SEED = 1;
/** A schema that refers to itself ends here where it may. */
const DEEPEST = 4;
const MOST_MORE = 3;

/** Values that are valid for the schema. Of a text with a form only examples, where it gives some: they also mean something. */
export const valuesOf = (schema: JsonSchema): fc.Arbitrary<unknown> => valuesAt(nodeOf(schema), 0, examplesIn(schema));

/** The same values for the same schema at every call. */
export const samplesOf = (schema: JsonSchema): readonly unknown[] =>
  fc.sample(valuesOf(schema), { numRuns: SAMPLES, seed: SEED });

const examplesIn = (schema: JsonSchema): readonly unknown[] | undefined =>
  isObject(schema) && Array.isArray(schema['examples']) ? schema['examples'] : undefined;

const valuesIn = (node: Node, schema: JsonSchema, depth: number): fc.Arbitrary<unknown> =>
  valuesAt(inside(node, schema), depth, examplesIn(schema));

const valuesAt = (node: Node, depth: number, examples: readonly unknown[] | undefined): fc.Arbitrary<unknown> => {
  const { schema } = node;
  if (examples && examples.length > 0) {
    const given = fc.constantFrom(...examples);
    return schema.pattern === undefined ? fc.oneof(given, valuesAt(node, depth, undefined)) : given;
  }
  if (schema.$ref !== undefined) return fc.constant(node).chain((one) => valuesAt(resolved(one), depth + 1, undefined));
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const { anyOf, oneOf, allOf } = schema;
  const alternatives = anyOf ?? oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((one) => valuesIn(node, one, depth)));
  if (allOf) return fc.tuple(...allOf.map((one) => valuesIn(node, one, depth))).map((parts) => merged(parts));
  const types = schema.type === undefined ? ['null', 'boolean', 'integer', 'string'] : [schema.type].flat();
  return fc.oneof(...types.map((type) => ofType(inside(node, { ...schema, type }), type, depth)));
};

const merged = (parts: readonly unknown[]): unknown => (parts.every(isObject) ? Object.assign({}, ...parts) : parts[0]);

const ofType = (node: Node, type: string, depth: number): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return texts(node);
    case 'integer':
    case 'number':
      return numbers(node, type);
    case 'array':
      return arrays(node, depth);
    case 'object':
      return objects(node, depth);
    default:
      throw new Error(`there is no type ${type} in JSON Schema`);
  }
};

const texts = ({ schema }: Node): fc.Arbitrary<string> => {
  const { minLength = 0, maxLength = minLength + 8, pattern } = schema;
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(maxLength, minLength + 8) });
  const { maxLength: most = Infinity } = schema;
  return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length >= minLength && length <= most);
};

const numbers = ({ schema }: Node, type: string): fc.Arbitrary<number> => {
  const { multipleOf = type === 'integer' ? 1 : undefined } = schema;
  const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity } = schema;
  const [least, most] = [Math.max(minimum, exclusiveMinimum), Math.min(maximum, exclusiveMaximum)];
  const isInside = (value: number): boolean => value > exclusiveMinimum && value < exclusiveMaximum;
  const from = Number.isFinite(least) ? least : Math.min(-1_000, most - 1_000);
  const to = Number.isFinite(most) ? Math.min(most, from + 1_000_000) : from + 2_000;
  if (multipleOf === undefined) return fc.double({ min: from, max: to, noNaN: true }).map(plainZero).filter(isInside);
  const steps = fc.integer({ min: Math.ceil(from / multipleOf), max: Math.floor(to / multipleOf) });
  return steps
    .map((step) => plainZero(step * multipleOf))
    .filter((value) => isInside(value) && (type === 'number' || Number.isInteger(value)));
};

/** JSON knows no -0. */
const plainZero = (value: number): number => (value === 0 ? 0 : value);

const arrays = (node: Node, depth: number): fc.Arbitrary<unknown[]> => {
  const { prefixItems = [], items = {}, minItems = 0, maxItems = Infinity, uniqueItems = false } = node.schema;
  const first = fc.tuple(...prefixItems.map((item) => valuesIn(node, item, depth + 1)));
  const least = Math.max(0, minItems - prefixItems.length);
  const most = items === false ? 0 : Math.max(least, Math.min(maxItems - prefixItems.length, least + MOST_MORE));
  const item = items === false ? fc.constant(null) : valuesIn(node, items, depth + 1);
  const lengths = { minLength: least, maxLength: depth > DEEPEST ? least : most };
  const more = uniqueItems
    ? fc.uniqueArray(item, { ...lengths, selector: (one) => JSON.stringify(one) })
    : fc.array(item, lengths);
  return fc.tuple(first, more).map(([begin, end]) => [...begin, ...end].slice(0, maxItems));
};

const objects = (node: Node, depth: number): fc.Arbitrary<unknown> => {
  const { properties = {}, required = [], additionalProperties = {}, propertyNames = {} } = node.schema;
  const kept = Object.entries(properties).filter(([name]) => depth <= DEEPEST || required.includes(name));
  const fields = fc.record(Object.fromEntries(kept.map(([name, field]) => [name, valuesIn(node, field, depth + 1)])), {
    requiredKeys: [...required].filter((name) => name in properties),
  });
  if (additionalProperties === false) return fields;
  const others = valuesIn(node, additionalProperties, depth + 1);
  const names = valuesIn(node, isObject(propertyNames) ? { type: 'string', ...propertyNames } : propertyNames, depth);
  const named = required.filter((name) => !(name in properties)).map((name) => [name, others] as const);
  const wanted = fc.record(Object.fromEntries(named));
  const more = fc.dictionary(names as fc.Arbitrary<string>, others, { maxKeys: depth > DEEPEST ? 0 : MOST_MORE });
  return fc.tuple(more, wanted, fields).map(([some, must, own]) => ({ ...without(some, properties), ...must, ...own }));
};

const without = (fields: object, names: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in names)));
