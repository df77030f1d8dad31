/** JSON Schema 2020-12, as far as zod writes it. */
export type JsonSchema = boolean | SchemaObject;

export interface SchemaObject {
  readonly $ref?: string;
  readonly $defs?: SchemaMap;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly properties?: SchemaMap;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly prefixItems?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly [keyword: string]: unknown;
}

export type SchemaMap = Readonly<Record<string, JsonSchema>>;

/** What a value is not held to. */
const ANNOTATIONS: ReadonlySet<string> = new Set(
  '$schema $id $comment $defs title description examples default deprecated readOnly writeOnly'.split(' '),
);

const ONE = new Set('items additionalProperties propertyNames not'.split(' '));
const MANY = new Set('prefixItems anyOf oneOf allOf'.split(' '));
const NAMED = new Set('properties $defs'.split(' '));

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema with `change` made to each schema inside it first, and then to itself. */
export const mapSchema = (
  schema: JsonSchema,
  change: (schema: SchemaObject, keyword?: string) => SchemaObject,
  keyword?: string,
): JsonSchema => {
  if (!isObject(schema)) return schema;
  const inner = (key: string, value: unknown): unknown => {
    const of = (one: unknown): unknown => mapSchema(one as JsonSchema, change, key);
    if (ONE.has(key)) return of(value);
    if (MANY.has(key)) return (value as readonly unknown[]).map(of);
    if (NAMED.has(key) && isObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, of(one)]));
    return value;
  };
  return change(Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inner(key, value)])), keyword);
};

/** What the schema holds a value to, and nothing else. The definitions that it refers to stay. */
export const assertionsOf = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (one) =>
    Object.fromEntries(Object.entries(one).filter(([key]) => key === '$defs' || !ANNOTATIONS.has(key))),
  );

export const isAnnotation = (keyword: string): boolean => ANNOTATIONS.has(keyword);

/**
 * What is written through a schema that is read with `schema`: zod drops the fields it does not know, and fills in those
 * that have a default. Parts of an intersection stay open: each knows only some of the fields.
 */
export const asWritten = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, (one, keyword) => {
    if (one.type !== 'object') return one;
    const filled = Object.entries(one.properties ?? {}).flatMap(([name, field]) =>
      isObject(field) && 'default' in field ? [name] : [],
    );
    const required = [...new Set([...(one.required ?? []), ...filled])];
    return {
      ...one,
      ...(required.length > 0 && { required }),
      ...(keyword !== 'allOf' && { additionalProperties: one.additionalProperties ?? false }),
    };
  });

/** JSON with the keys in order at every level: equal for equal values. */
export const sortedJson = (value: unknown, indent?: number): string =>
  JSON.stringify(
    value,
    (_, one: unknown) =>
      isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
    indent,
  );

export const isSame = (a: unknown, b: unknown): boolean => sortedJson(a) === sortedJson(b);
