import {
  Aggregate,
  type CommandAnswer,
  type CommandMetadata,
  IdempotencyKeyReused,
  type Recorded,
  streamId,
  Turns,
  WrongExpectedVersion,
} from '@ledgerline/es-core';
import { OwnEventStore } from '@ledgerline/es-nest';
import { type OrderEvent, RETURN, type ReturnAccepted, returnCatalogue, type ReturnEvent } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Orders } from '../order/orders.js';
import { acceptReturnOf, registerReturnFrom, type ReturnOfOrder } from './register-return.js';
import type { registerReturn, ReturnCommand } from './return.commands.js';
import { returnDecider, type ReturnState } from './return.decider.js';

@Injectable()
export class Returns extends Aggregate<ReturnState, ReturnCommand, ReturnEvent> {
  /** A return may need two commands: those for another of the same id wait, so that its stream keeps the order of calls. */
  readonly #turns = new Turns();

  constructor(
    private readonly own: OwnEventStore,
    private readonly orders: Orders,
  ) {
    super({
      ...{ store: own, platform: own.platform, category: RETURN, decider: returnDecider, catalogue: returnCatalogue },
      code: { from: import.meta.url, modules: ['./return.decider.js', '@ledgerline/events'] },
    });
  }

  /** The same command, to the byte, from `POST /returns` and from `POST /commands`: either may repeat the other. */
  register(
    returnId: string,
    { orderId, customerId, country, lines, registeredAt }: z.output<typeof registerReturn>,
    { commandId = this.own.platform.randomId(), ...more }: CommandMetadata,
  ): Promise<CommandAnswer<ReturnEvent>> {
    const metadata = { ...more, commandId };
    const wish = { returnId, customerId, country, lines, registeredAt };
    return this.#turns.take(returnId, async () =>
      // What exists already answers by itself, also whether this is a repeat.
      orderId === undefined || (await this.#exists(returnId))
        ? this.handle(returnId, { type: 'RegisterReturn', ...wish, orderId }, metadata)
        : this.#registerOfOrder({ commandId, ...wish, orderId }, metadata),
    );
  }

  async #exists(returnId: string): Promise<boolean> {
    await this.fresh(returnId);
    return this.stateOf(returnId).version > 0;
  }

  /**
   * Registers what the order has accepted. @throws IdempotencyKeyReused when the return that was registered under the command's
   * id is not this order's: an id decides alone whether a reaction is a repeat, so this has to be looked at.
   */
  async registerAccepted(event: Recorded<ReturnAccepted>): Promise<CommandAnswer<ReturnEvent>> {
    const { returnId, orderId, commandId } = event.data;
    const { command, metadata } = registerReturnFrom(event);
    const answer = await this.handle(returnId, command, metadata);
    if (answer.status === 'accepted' && answer.events().at(0)?.data.orderId !== orderId)
      throw new IdempotencyKeyReused(streamId(RETURN, returnId), commandId);
    return answer;
  }

  async #registerOfOrder(wish: ReturnOfOrder, request: CommandMetadata): Promise<CommandAnswer<ReturnEvent>> {
    const { expectedVersion = 0 } = request;
    const stream = streamId(RETURN, wish.returnId);
    if (expectedVersion !== 0) throw new WrongExpectedVersion(stream, expectedVersion, 0);
    const { command, metadata } = acceptReturnOf(wish, request);
    const answer = await this.orders.handle(wish.orderId, command, metadata);
    // Asked for a return: the answer is about that, and there is none.
    if (answer.status === 'rejected') return { ...answer, stream, version: 0 };
    const registered = await this.registerAccepted(acceptedIn(answer.events()));
    // The order's process may have been faster, and is no repeat of the person's.
    return { ...registered, repeated: answer.repeated };
  }
}

/** An accepted return is always recorded, also when this is a repeat. */
const acceptedIn = ([event]: readonly Recorded<OrderEvent>[]): Recorded<ReturnAccepted> => {
  if (event?.type !== 'ReturnAccepted') throw new Error('a return was accepted and not recorded');
  return event;
};
