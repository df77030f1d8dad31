import { type CommandMetadata, ValidationFailed } from '@ledgerline/es-core';
import { fieldProblems } from '@ledgerline/es-core/runtime';
import { z } from 'zod';
import { jsonOf } from '../commands/command-line.js';
import { idParam } from '../http/fields.js';
import { parse } from '../http/parse.js';
import { PRINTABLE, printableRule, TRACEPARENT } from '../http/request-metadata.js';

/** Ids of commands that follow from events have the event's in them, and that the stream's name. */
const longId = z.string().regex(/^[!-~]{1,2048}$/, { error: 'must be 1 to 2048 printable ASCII characters, no space' });
const conversationId = z.string().regex(/^[ -~]{1,2048}$/, { error: 'must be 1 to 2048 printable ASCII characters' });
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,127}$/, { error: 'must be a name of letters and digits' });
const code = z.string().regex(/^[a-z0-9-]{1,128}$/, { error: 'must be a code in kebab-case' });

/** What `requestMetadata` and reactors come to. */
const metadata = {
  commandId: longId,
  actor: z.string().regex(PRINTABLE, { error: printableRule }).optional(),
  correlationId: conversationId.optional(),
  causationId: conversationId.optional(),
  traceparent: z.string().regex(TRACEPARENT, { error: 'must be a traceparent' }).optional(),
  expectedVersion: z.int().min(0).optional(),
  reaction: z.boolean().optional(),
  remember: z.union([z.boolean(), z.strictObject({ unless: z.array(code).max(100) })]).optional(),
} satisfies Record<keyof CommandMetadata, z.ZodType>;

/** Its content went through its own schema where somebody sent it, or was made by code that knows its type. */
const content = z.looseObject({ type: name, at: z.undefined({ error: 'is given by who decides' }).optional() });

const command = z.strictObject({
  ...{ handover: idParam, category: name, id: idParam, command: content, metadata: z.strictObject(metadata) },
  fingerprint: z.string().regex(/^[A-Za-z0-9_-]{22}(\.[A-Za-z0-9_-]{22})?$/, { error: 'must be a fingerprint' }),
});

const forwarded = z.union([command, z.strictObject({ catchUp: z.int().min(0).max(999_999) })]);
const forwardedBatch = z
  .array(z.unknown(), { error: 'must be a list of commands' })
  .max(1_000, { error: 'must have at most 1000 commands' });

/** What one instance sent another, whose word it is having been proved; a problem in place of what is no command. */
export type ForwardedOrProblem = z.output<typeof forwarded> | ValidationFailed;

/** One entry for each that was sent. @throws ValidationFailed where it is no list */
export const forwardedIn = (body: Buffer): readonly ForwardedOrProblem[] =>
  parse(forwardedBatch, jsonOf(body.toString('utf8'), 'the body')).map((one) => {
    const { data, error } = forwarded.safeParse(one);
    return data ?? new ValidationFailed(fieldProblems(error?.issues ?? []));
  });
