import type { Effect as EffectRule } from '@ledgerline/es-core';
import { EventPattern } from '@nestjs/microservices';

/** What a handler's pattern carries beside its type. */
export interface ReactionExtras {
  readonly effect?: EffectRule;
}

/**
 * A handler of messages of the type that changes the outside world. It is called while no event of the types in `settledBy` records
 * its outcome, and has to send the command that records one, because of the message (see `reactorMetadata`).
 */
export const Effect = (type: string, effect: EffectRule): MethodDecorator =>
  EventPattern(type, { effect } satisfies ReactionExtras) as MethodDecorator;
