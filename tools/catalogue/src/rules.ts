import { z } from 'zod';

/** The rule of each field by its path, as whoever breaks it is told: no field takes a symbol. */
export const rulesOf = (schema: z.core.$ZodType, path = ''): readonly (readonly [string, string])[] => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return rulesOf(schema.unwrap(), path);
  if (schema instanceof z.ZodArray) return rulesOf(schema.element, `${path}[]`);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const said = z.safeParse(field, Symbol(name)).error?.issues[0]?.message ?? '';
    // What zod says by itself is the type, which is there already.
    return [...(said.startsWith('must ') ? [[place, said] as const] : []), ...rulesOf(field, place)];
  });
};
