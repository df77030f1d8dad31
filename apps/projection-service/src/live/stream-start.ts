import type { Position } from '@ledgerline/es-core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { minPositions, positionsIn } from '../read-models/min-position.js';

/** Where a stream begins. */
export interface StreamStart {
  /** What its first view has to have seen. */
  readonly min: readonly Position[];
  /** What the client saw last, when it comes again. */
  readonly seen?: readonly Position[] | undefined;
}

/** `@FollowedFrom() start: StreamStart` in a controller. */
export const FollowedFrom = createParamDecorator((_data: unknown, context: ExecutionContext): StreamStart => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return { min: minPositions(headers), seen: positionsIn(headers, 'Last-Event-ID') };
});
