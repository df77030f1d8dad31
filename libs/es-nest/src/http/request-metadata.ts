import { type CommandMetadata, ID_RULE, ValidationFailed } from '@ledgerline/es-core';
import { type FieldProblem, isId } from '@ledgerline/es-core/runtime';
import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export const PRINTABLE = /^[ -~]{1,128}$/;
const ETAG = /^"(0|[1-9]\d{0,14})"$/;
export const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export const printableRule = 'must be 1 to 128 printable ASCII characters';
const ifMatchRule = 'must be the version that was seen, in quotes, such as "3"; neither weak nor *';

/** Of what may be said only once. */
export const ONCE = 'must be there only once';
const reservedRule = 'must not begin with "system:", which says that the process itself wants it';

interface Rule {
  readonly header: string;
  readonly rule: string;
  readonly holds: (value: string) => boolean;
}

const RULES: readonly Rule[] = [
  { header: 'Idempotency-Key', rule: ID_RULE, holds: isId },
  { header: 'If-Match', rule: ifMatchRule, holds: (value) => ETAG.test(value) },
  { header: 'X-Actor', rule: printableRule, holds: (value) => PRINTABLE.test(value) },
  { header: 'X-Actor', rule: reservedRule, holds: (value) => !/^\s*system:/i.test(value) },
  { header: 'X-Correlation-Id', rule: printableRule, holds: (value) => PRINTABLE.test(value) },
  { header: 'X-Causation-Id', rule: printableRule, holds: (value) => PRINTABLE.test(value) },
];

/**
 * Who wants it, in which conversation, because of which message, and the version that was seen, from the request's headers.
 * A `traceparent` that is malformed is left out, as the standard has it. @throws ValidationFailed naming the header and its rule.
 */
export const requestMetadata = (headers: Headers): CommandMetadata => {
  const repeated = [...new Set(RULES.map(({ header }) => header))].filter((header) => isRepeated(headers, header));
  if (repeated.length > 0) throw new ValidationFailed(repeated.map((field) => ({ field, rule: ONCE })));
  const problems = RULES.flatMap((rule) => problemIn(headers, rule));
  if (problems.length > 0) throw new ValidationFailed(problems);
  const commandId = valueOf(headers, 'Idempotency-Key');
  const version = ETAG.exec(valueOf(headers, 'If-Match') ?? '')?.[1];
  const correlationId = valueOf(headers, 'X-Correlation-Id');
  const causationId = valueOf(headers, 'X-Causation-Id');
  const traceparent = valueOf(headers, 'traceparent');
  return {
    actor: valueOf(headers, 'X-Actor') ?? 'anonymous',
    ...(commandId !== undefined && { commandId }),
    ...(version !== undefined && { expectedVersion: Number(version) }),
    ...(correlationId !== undefined && { correlationId }),
    ...(causationId !== undefined && { causationId }),
    ...(traceparent !== undefined && TRACEPARENT.test(traceparent) && { traceparent }),
  };
};

/** Said of all commands of a request: who wants them, in which conversation, because of what. */
export type ConversationMetadata = Pick<CommandMetadata, 'actor' | 'correlationId' | 'causationId' | 'traceparent'>;

/**
 * As `requestMetadata`, where a command's id comes with the command, and so does nothing that an If-Match could be about.
 * @throws ValidationFailed
 */
export const conversationMetadata = (headers: Headers): ConversationMetadata => {
  const { commandId: _theCommands, expectedVersion: _ofNoStream, ...conversation } = requestMetadata(headers);
  return conversation;
};

/** `@Meta() metadata: CommandMetadata` in a controller. */
export const Meta = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  requestMetadata(context.switchToHttp().getRequest<IncomingMessage>().headers),
);

const problemIn = (headers: Headers, { header, rule, holds }: Rule): FieldProblem[] => {
  const value = valueOf(headers, header);
  return value === undefined || holds(value) ? [] : [{ field: header, rule }];
};

const isRepeated = (headers: Headers, name: string): boolean => {
  const value = headers[name.toLowerCase()];
  return typeof value === 'object' && value.length > 1;
};

const valueOf = (headers: Headers, name: string): string | undefined => {
  const value = headers[name.toLowerCase()];
  if (typeof value !== 'object') return value;
  return value.length === 1 ? value[0] : undefined;
};
