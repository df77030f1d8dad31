import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_TYPE } from '../http/problem.js';
import { REACTED_TO } from '../reactions/reacted-to.js';

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('Stable: what a program acts on.'),
  retriable: z.boolean().describe('True where the same request may succeed later.'),
  errors: z
    .array(z.object({ field: z.string(), rule: z.string() }))
    .optional()
    .describe('Which fields break which rules.'),
});

/** Where `describeService` puts the problem's schema. */
export const PROBLEM_SCHEMA = 'Problem';
const PROBLEM_REF = `#/components/schemas/${PROBLEM_SCHEMA}`;

export interface ApiRouteOptions {
  readonly summary: string;
  readonly description?: string;
  /** Bodies of successes, by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** Media type of the successes. Default `application/json`. */
  readonly produces?: string;
  /** Statuses of the problems that it answers, besides 500 and 503. */
  readonly problems?: readonly number[];
  /** True for a command: it takes the headers that commands take. */
  readonly command?: boolean;
  /** A body that is not JSON. */
  readonly consumes?: { readonly type: string; readonly schema: z.ZodType };
}

export const REACTED_TO_HEADER = {
  name: REACTED_TO,
  description:
    'Positions that answers gave, commas between: this waits until the service has reacted to them, and is a 504 after 5 seconds. What is parked on the way is in `X-Parked`.',
} as const;

const COMMAND_HEADERS = [
  {
    name: 'Idempotency-Key',
    description:
      "The command's id in its stream: a repeat of what recorded something is answered as the first time, another command for the same stream is 422, and one for another stream is run.",
  },
  { name: 'If-Match', description: 'The version that was seen, `"3"`; 412 when it is another one.' },
  { name: 'X-Actor', description: 'Who wants it. Default `anonymous`; `system:…` is the process itself.' },
  { name: 'X-Correlation-Id', description: 'The conversation that it belongs to.' },
  { name: 'X-Causation-Id', description: 'The message that it follows from, such as the id of an event.' },
  REACTED_TO_HEADER,
] as const;

/** Describes a route in the OpenAPI document; parameters and JSON bodies are told by their own decorators. */
export const ApiRoute = (options: ApiRouteOptions): MethodDecorator => {
  const { summary, description, answers, produces = 'application/json', problems = [], command, consumes } = options;
  return applyDecorators(
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ...Object.entries(answers).map(([status, schema]) => answer(Number(status), schema, produces)),
    ...[...problems, 500, 503, ...(command ? [504] : [])].map(problemAnswer),
    ...(command ? COMMAND_HEADERS.map((header) => ApiHeader({ ...header, required: false })) : []),
    ...(consumes ? [ApiConsumes(consumes.type), ApiBody({ required: true, schema: jsonSchema(consumes.schema) })] : []),
  );
};

const answer = (status: number, schema: z.ZodType, type: string): MethodDecorator =>
  ApiResponse({ status, description: 'Success', content: { [type]: { schema: jsonSchema(schema) } } });

const problemAnswer = (status: number): MethodDecorator =>
  ApiResponse({ status, description: 'A problem', content: { [PROBLEM_TYPE]: { schema: { $ref: PROBLEM_REF } } } });

/** In the dialect of OpenAPI 3.0, as it is sent: before defaults and transformations. */
export const jsonSchema = (schema: z.ZodType): Record<string, unknown> => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
  });
  return rest;
};
