import { type CommandOf, reasonField } from '@ledgerline/events';
import { z } from 'zod';

/** The reason stays for ever: it says nothing about the person. */
export const forgetSubject = z.strictObject({ reason: reasonField.optional() });

export type ForgetSubject = CommandOf<'ForgetSubject', z.output<typeof forgetSubject> & { subject: string }>;
