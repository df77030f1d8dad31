import 'reflect-metadata';
import { EsError, type EventOf, type Events, type RejectionOf, type Sends } from '@ledgerline/es-core';
import type { Beginning, Effect as EffectRule, EventName, Message } from '@ledgerline/es-core/runtime';

/** A class that is a reactor, or a part of one. */
export interface ReactorDeclaration {
  readonly name: string;
  readonly from: Beginning;
}

/** What a method of such a class is called with. */
export interface HandlerDeclaration {
  readonly events: Events;
  /** Of the message. */
  readonly type: string;
  readonly effect?: EffectRule;
}

/** Where an outcome is recorded: in the event's own stream, or in that which `outcomeIn` answers. */
type SettledBy<E extends Events, N extends EventName<E>> =
  | { readonly settledBy: OneOrMore<Exclude<EventName<E>, N>> }
  | { readonly settledBy: OneOrMore<string>; readonly outcomeIn: (event: EventOf<E, N>) => string };
type OneOrMore<T> = T | readonly T[];

/** Checks the method's parameter, which TypeScript cannot infer from a decorator; not TypedPropertyDescriptor, which is invariant. */
type Handles<M> = (
  target: object,
  key: string,
  descriptor: { readonly value?: (message: M) => Sends | Promise<Sends> },
) => void;

const REACTOR = 'es:reactor';
const HANDLERS = 'es:reactor-handlers';
const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/**
 * A provider that turns events into commands and effects: its methods are called with the messages they name, in order per stream,
 * many streams at once, at least once each. What a method answers with `send` is given under an id that derives from the message, so
 * that a repeat records nothing. Progress, what it holds and `system:<name>`, the actor, go by the name; several classes of one name are one
 * reactor. `from` counts for partitions in which the name has no progress.
 * @throws EsError `reactor-invalid`
 */
export const Reactor =
  (name: string, { from }: { readonly from: Beginning }): ClassDecorator =>
  (target) => {
    if (!NAME.test(name))
      throw invalid(name, 'its name must be of a-z, 0-9 and hyphens, begin with a letter and have at most 63 of them');
    if (from !== 'start' && from !== 'now' && Number.isNaN(Date.parse(from)))
      throw invalid(name, `from must be start, now or an ISO 8601 time, and is ${String(from)}`);
    Reflect.defineMetadata(REACTOR, { name, from } satisfies ReactorDeclaration, target);
  };

/** A method that is called with each event of the name. */
export const On = <E extends Events, N extends EventName<E>>(events: E, name: N): Handles<EventOf<E, N>> =>
  handles({ events, type: name });

/** A method that is called when a rule has forbidden a command that a reactor gave: one that the events' contract names in `rejects`. */
export const OnRejected = <E extends Events, N extends E['rejects'][number]>(
  events: E,
  command: N,
): Handles<RejectionOf<E, N>> => handles({ events, type: `${command}Rejected` });

/**
 * A method that changes the outside world (money, mail) because of the event. It is called while no event that `settledBy` names records
 * its outcome, and has to send the command that records one. `hasOutcome` is false for events of before outcomes were recorded.
 */
export const Effect = <E extends Events, N extends EventName<E>>(
  events: E,
  name: N,
  { settledBy, ...effect }: SettledBy<E, N> & { readonly hasOutcome?: (event: EventOf<E, N>) => boolean },
): Handles<EventOf<E, N>> => {
  const types = typeof settledBy === 'string' ? [settledBy] : settledBy;
  // It is given the events that the method is called with.
  return handles({ events, type: name, effect: { ...effect, settledBy: types } as unknown as EffectRule });
};

export const reactorDeclared = (type: object): ReactorDeclaration | undefined =>
  Reflect.getMetadata(REACTOR, type) as ReactorDeclaration | undefined;

export const handlersDeclared = (method: object): readonly HandlerDeclaration[] =>
  (Reflect.getMetadata(HANDLERS, method) as readonly HandlerDeclaration[] | undefined) ?? [];

export const invalid = (name: string, rule: string): EsError =>
  new EsError('reactor-invalid', `the reactor ${name}: ${rule}`, false, { reactor: name });

const handles =
  <M extends Message>(handler: HandlerDeclaration): Handles<M> =>
  (_target, _key, { value }) => {
    const method = value as object;
    Reflect.defineMetadata(HANDLERS, [...handlersDeclared(method), handler], method);
  };
