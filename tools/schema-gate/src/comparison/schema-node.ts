import { isAnnotation, isObject, isSame, type JsonSchema, type SchemaObject, sortedJson } from '../json-schema.js';
import type { Gap } from './gap.js';

/** A schema, and the document that its references point into. */
export interface Node {
  readonly schema: SchemaObject;
  readonly root: JsonSchema;
}

/** Compares two nodes at a place. */
export type Compare = (source: Node, target: Node, path: string) => readonly Gap[];

const NEVER: SchemaObject = { not: {} };

const TYPES = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const;

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...['$ref', 'type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'not'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  ...['prefixItems', 'items', 'minItems', 'maxItems', 'uniqueItems'],
  ...['minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'multipleOf'],
]);

export const nodeOf = (root: JsonSchema, schema: JsonSchema = root): Node => ({ root, schema: plain(schema) });

/** A schema that is part of the node's. */
export const inside = (node: Node, schema: JsonSchema): Node => nodeOf(node.root, schema);

const plain = (schema: JsonSchema): SchemaObject => {
  if (typeof schema === 'boolean') return schema ? {} : NEVER;
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !isAnnotation(keyword)));
};

/** The node that a reference stands for; what is said beside the reference holds as well. */
export const resolved = (node: Node): Node => {
  const { $ref, ...beside } = node.schema;
  if ($ref === undefined) return node;
  const meant = resolved(inside(node, lookUp(node.root, $ref)));
  return Object.keys(beside).length === 0 ? meant : inside(node, { allOf: [meant.schema, beside] });
};

/** @throws Error for a reference that leads nowhere: zod writes none. */
const lookUp = (root: JsonSchema, reference: string): JsonSchema => {
  if (!reference.startsWith('#')) throw new Error(`${reference} leads out of the schema`);
  const names = reference.split('/').slice(1);
  const found = names.reduce<unknown>((at, name) => {
    const key = decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
    return isObject(at) ? at[key] : undefined;
  }, root);
  if (typeof found !== 'boolean' && !isObject(found)) throw new Error(`${reference} is not in the schema`);
  return found;
};

export const takesAnything = ({ schema }: Node): boolean => Object.keys(schema).length === 0;

export const takesNothing = ({ schema: { not } }: Node): boolean =>
  not === true || (isObject(not) && takesAnything(nodeOf(not)));

/** Keywords that cannot be compared: of a later JSON Schema, or of somebody's own. */
export const strangeKeywords = ({ schema }: Node): readonly string[] =>
  Object.keys(schema).filter(
    (keyword) => !UNDERSTOOD.has(keyword) || (keyword === 'not' && !takesNothing({ schema, root: schema })),
  );

/** Word for word, references included. */
export const isSameNode = (a: Node, b: Node): boolean =>
  isSame(a.schema, b.schema) && (!sortedJson(a.schema).includes('"$ref"') || isSame(a.root, b.root));

/** Schemas that together take what the node takes, each of one type or one value; itself where it is one. */
export const branchesOf = (node: Node): readonly Node[] => {
  const { anyOf, oneOf, ...rest } = node.schema;
  const alternatives = anyOf ?? oneOf;
  if (alternatives)
    // What is said beside the alternatives is left out where it could contradict: that takes more, never less.
    return alternatives.map((one) => inside(node, isObject(one) ? { ...unlike(rest, one), ...one } : one));
  if (rest.const === undefined && rest.enum) {
    const { enum: values, ...beside } = rest;
    return values.map((value) => inside(node, { ...beside, const: value }));
  }
  if ('const' in rest) return [node];
  const types = rest.type ?? TYPES;
  if (types === 'null') return [inside(node, { const: null })];
  return typeof types === 'string' ? [node] : types.map((type) => inside(node, { ...rest, type }));
};

const unlike = (rest: SchemaObject, other: SchemaObject): SchemaObject =>
  '$ref' in other || Object.keys(rest).some((keyword) => keyword in other) ? {} : rest;

/** The one type of a branch. A whole number is an `integer`. */
export const typeOf = ({ schema }: Node): string => {
  if (!('const' in schema)) return String(schema.type);
  const value = schema.const;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
};

/** In a few words, for people. */
export const inWords = (node: Node): string => {
  const { schema } = node;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.$ref !== undefined) return inWords(resolved(node));
  if (schema.anyOf ?? schema.oneOf) return branchesOf(node).map(inWords).join(' or ');
  if (takesNothing(node)) return 'nothing';
  const tag = constantFields(schema)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
  const type = schema.type === undefined ? 'any value' : [schema.type].flat().join(' or ');
  return tag === '' ? type : `${type} with ${tag}`;
};

/** Fields that an object always has, with the one value each may have: they tell the members of a union apart. */
export const constantFields = ({
  properties = {},
  required = [],
}: SchemaObject): readonly (readonly [string, unknown])[] =>
  Object.entries(properties).flatMap(([name, field]) =>
    isObject(field) && 'const' in field && required.includes(name) ? [[name, field['const']] as const] : [],
  );
