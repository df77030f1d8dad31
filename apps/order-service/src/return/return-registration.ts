import {
  type CommandAnswer,
  type CommandMetadata,
  type CommandOf,
  type EventOf,
  IdempotencyKeyReused,
  type Platform,
  streamId,
  WrongExpectedVersion,
} from '@ledgerline/es-core';
import { KeyedQueue } from '@ledgerline/es-core/runtime';
import { type AggregateOf, HandlesCommand, InjectAggregate, PLATFORM } from '@ledgerline/es-nest';
import type { orderEvents } from '@ledgerline/events';
import { Inject, Injectable } from '@nestjs/common';
import { order } from '../order/order.aggregate.js';
import { goodsReturn } from './return.aggregate.js';

type Registration = CommandOf<typeof goodsReturn, 'RegisterReturn'>;
type Accepted = EventOf<typeof orderEvents, 'ReturnAccepted'>;
type Answer = CommandAnswer<typeof goodsReturn>;

/** Registers returns. One of an order takes two commands: the order accepts it, and then it is registered. */
@Injectable()
export class ReturnRegistration {
  /** Those for another return of the same id wait, so that its stream keeps the order of calls. */
  readonly #turns = new KeyedQueue();

  constructor(
    @InjectAggregate(goodsReturn) private readonly returns: AggregateOf<typeof goodsReturn>,
    @InjectAggregate(order) private readonly orders: AggregateOf<typeof order>,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  /** The same command, to the byte, from `POST /returns` and from `POST /commands`: either may repeat the other. */
  @HandlesCommand(goodsReturn, 'RegisterReturn')
  register(
    returnId: string,
    command: Registration,
    { commandId = this.platform.randomId(), ...more }: CommandMetadata,
  ): Promise<Answer> {
    const { orderId } = command;
    const metadata = { ...more, commandId };
    return this.#turns.run(returnId, async () =>
      // What exists already answers by itself, also whether this is a repeat.
      orderId === undefined || (await this.#exists(returnId))
        ? this.returns.send(returnId, command, metadata)
        : this.#registerOfOrder(returnId, { ...command, orderId }, metadata),
    );
  }

  /**
   * The one registration that follows from an order's acceptance, whoever sends it first; the second one repeats it, also where
   * a release in between words it differently. It has the person's command id, so the person may repeat it too.
   * @throws IdempotencyKeyReused when the return that was registered under the command's id is not this order's: an id decides alone
   * whether a reaction is a repeat, so this has to be looked at.
   */
  async registerAccepted({ data, context: { actor, correlationId, id } }: Accepted): Promise<Answer> {
    const { commandId, returnId, worth: _worth, ...goods } = data;
    const answer = await this.returns.send(
      returnId,
      { type: 'RegisterReturn', ...goods },
      {
        ...{ commandId, actor, correlationId, causationId: id },
        ...{ remember: true, reaction: true },
      },
    );
    if (answer.status === 'accepted' && answer.events().at(0)?.data.orderId !== data.orderId)
      throw new IdempotencyKeyReused(streamId('return', returnId), commandId);
    return answer;
  }

  async #exists(returnId: string): Promise<boolean> {
    await this.returns.ensureUpToDate(returnId);
    return this.returns.stateOf(returnId).version > 0;
  }

  /**
   * The order is asked first. The id on its stream holds an `@` and no version behind it, so it is neither a person's nor one that
   * derives from an event.
   */
  async #registerOfOrder(
    returnId: string,
    { type: _type, ...goods }: Registration & { readonly orderId: string },
    { expectedVersion = 0, commandId, ...more }: CommandMetadata & { readonly commandId: string },
  ): Promise<Answer> {
    const stream = streamId('return', returnId);
    if (expectedVersion !== 0) throw new WrongExpectedVersion(stream, expectedVersion, 0);
    const answer = await this.orders.send(
      goods.orderId,
      { type: 'AcceptReturn', commandId, returnId, ...goods },
      { correlationId: commandId, ...more, commandId: `${commandId}@${stream}` },
    );
    // Asked for a return: the answer is about that, and there is none.
    if (answer.status === 'rejected') return { ...answer, stream, version: 0 };
    const registered = await this.registerAccepted(acceptedIn(answer.events()));
    // The order's process may have been faster, and is no repeat of the person's.
    return { ...registered, repeated: answer.repeated };
  }
}

/** An accepted return is always recorded, also when this is a repeat. */
const acceptedIn = ([event]: readonly EventOf<typeof orderEvents>[]): Accepted => {
  if (event?.type !== 'ReturnAccepted') throw new Error('a return was accepted and not recorded');
  return event;
};
