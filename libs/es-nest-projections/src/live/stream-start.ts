import { parsePosition, type Position } from '@ledgerline/es-core';
import { minPositions, textIn } from '@ledgerline/es-nest/extension';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { parseEventId } from './event-id.js';

/** Where a stream begins. */
export interface StreamStart {
  /** What its first view has to have seen. */
  readonly min: readonly Position[];
  /** What the client saw last, when it comes again. */
  readonly seen?: LastSeen | undefined;
}

interface LastSeen {
  readonly positions: readonly Position[];
  /** None where the client says something else than an id. */
  readonly hash?: string | undefined;
}

const HEADER = 'Last-Event-ID';

/** `@FollowedFrom() start: StreamStart` in a controller. */
export const FollowedFrom = createParamDecorator((_data: unknown, context: ExecutionContext): StreamStart => {
  const { headers } = context.switchToHttp().getRequest<{ readonly headers: Parameters<typeof minPositions>[0] }>();
  return { min: minPositions(headers), seen: lastSeen(textIn(headers, HEADER)) };
});

/** Whatever the client says is taken: a browser sends it by itself, and a refusal would end its stream for ever. */
const lastSeen = (header: string | undefined): LastSeen | undefined => {
  if (header === undefined) return undefined;
  const { positions, hash } = parseEventId(header);
  const texts = positions === '' ? [] : positions.split(',');
  const known = texts.flatMap((text) => parsePosition(text) ?? []);
  return { positions: known, hash: known.length === texts.length ? hash : undefined };
};
