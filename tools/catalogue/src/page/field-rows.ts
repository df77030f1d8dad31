import { isObject, type JsonSchema, type SchemaObject } from '@ledgerline/schema-gate';

/** A field of an event or a command, however deep it lies. */
export interface FieldRow {
  /** `lines[].sku` */
  readonly path: string;
  readonly type: string;
  readonly isOptional: boolean;
  /** Encrypted with a key of the person it is about. */
  readonly isPersonal: boolean;
  readonly description: string;
}

export const fieldRows = (schema: JsonSchema, path = ''): readonly FieldRow[] => {
  if (!isObject(schema)) return [];
  const inner = isObject(schema.items) ? fieldRows(schema.items, `${path}[]`) : [];
  const others = isObject(schema.additionalProperties) ? fieldRows(schema.additionalProperties, `${path}.*`) : [];
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => fieldRows(one, path));
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const place = path === '' ? name : `${path}.${name}`;
    // What is personal is stored sealed; its fields are those of its form, and say nothing.
    const inside = openedOf(field) === undefined ? fieldRows(field, place) : [];
    return [rowOf(place, field, !schema.required?.includes(name)), ...inside];
  });
  return [...own, ...inner, ...others, ...alternatives];
};

const rowOf = (path: string, field: JsonSchema, isOptional: boolean): FieldRow => ({
  ...{ path, type: typeInWords(openedOf(field) ?? field), isOptional },
  isPersonal: isObject(field) && field['personal'] === true,
  description: isObject(field) ? (field.description ?? '') : '',
});

/** What a sealed field is once it is opened. */
const openedOf = (field: JsonSchema): JsonSchema | undefined =>
  isObject(field) && field['personal'] === true && isObject(field['opened']) ? field['opened'] : undefined;

export const typeInWords = (schema: JsonSchema): string => {
  if (!isObject(schema)) return schema ? 'anything' : 'nothing';
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(typeInWords))].join(' | ');
  if (schema.type === 'array')
    return `list of ${typeInWords(schema.items ?? true)}${size(schema.minItems, schema.maxItems)}`;
  const type = schema.type === undefined ? 'anything' : [schema.type].flat().join(' | ');
  return `${type}${boundsOf(schema)}`;
};

const boundsOf = (schema: SchemaObject): string => {
  const { minimum, exclusiveMinimum, maximum, minLength, maxLength } = schema;
  if (schema.type === 'string') {
    if (minLength === 1 && maxLength === undefined) return ', not empty';
    const length = size(minLength, maxLength);
    return length === '' ? '' : `${length} characters`;
  }
  const low = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + (schema.type === 'integer' ? 1 : 0);
  return size(
    low === Number.MIN_SAFE_INTEGER ? undefined : low,
    maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum,
  );
};

const size = (least: number | undefined, most: number | undefined): string => {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `, at least ${least}`;
  return least === undefined ? `, at most ${most}` : `, ${least} to ${most}`;
};
