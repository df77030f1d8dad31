import { type Personal, SEALED_FORM } from '@ledgerline/es-core/privacy';
import { z } from 'zod';

/**
 * A field of an event that is about a person; `subject` names the field, at the top of the event, that says whom. It is
 * stored sealed, whatever `schema` it has when it is opened: plain text does not get through.
 */
export const personal = <T>(
  schema: z.ZodType<T>,
  { subject }: { readonly subject: string },
): z.ZodType<Personal<T>, Personal<T>> => {
  const { $schema: _dialect, ...opened } = z.toJSONSchema(schema);
  const sealed = z.string().regex(SEALED_FORM, { error: 'must be sealed: it is about a person' });
  return z.strictObject({ sealed }).meta({ personal: true, subject, opened });
};

/** What a personal field is in an answer. */
export const opened = <T extends z.ZodType>(schema: T) =>
  z.union([schema, z.literal('[forgotten]')]).describe('`[forgotten]` where the person was.');

/** The same field in a command: checked as somebody sends it, and then marked, to be sealed before the command is decided. */
export const personalField = <T>(schema: z.ZodType<T>) => schema.transform((unsealed): Personal<T> => ({ unsealed }));
