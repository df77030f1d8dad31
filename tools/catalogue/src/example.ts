import { isObject, type JsonSchema, samplesOf } from '@ledgerline/schema-gate';

/** One value of the schema with all its fields, out of the examples that its fields give. */
export const exampleOf = (schema: JsonSchema): unknown => {
  if (!isObject(schema)) return null;
  const { examples, properties, items, anyOf, oneOf } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  const [alternative] = anyOf ?? oneOf ?? [];
  if (alternative !== undefined) return exampleOf(alternative);
  if (properties)
    return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, exampleOf(field)]));
  return items === undefined ? samplesOf(schema)[0] : [exampleOf(items)];
};
