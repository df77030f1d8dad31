import { ApiRoute } from '@ledgerline/es-nest';
import { ApiMinPosition } from '@ledgerline/es-nest/extension';
import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { z } from 'zod';

export interface ApiStreamRouteOptions {
  readonly summary: string;
  /** The route that answers once what this sends again and again. */
  readonly of: string;
  readonly problems?: readonly number[];
}

/** Describes a stream of what another route answers. */
export const ApiStreamRoute = ({ summary, of, problems = [] }: ApiStreamRouteOptions): MethodDecorator =>
  applyDecorators(
    ApiRoute({
      summary,
      description: `Server-sent events, each with what ${of} answers as \`data\` and its X-Position with a hash as \`id\`: the state, then each change, at most ten a second.`,
      answers: { 200: z.string() },
      produces: 'text/event-stream',
      problems: [400, ...problems, 504],
    }),
    ApiMinPosition(),
    ApiHeader({
      name: 'Last-Event-ID',
      description: 'The `id` that was seen last: the state is sent only if it is another one.',
      required: false,
    }),
  );
