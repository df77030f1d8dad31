import type { Events } from '../events/define-events.js';

/** Of an aggregate, what the decisions of another one need. */
export interface StateOwner {
  readonly category: string;
  readonly events: Events;
  readonly initialState: unknown;
}

/** Something that a decision needs beside its own state and the command. */
export type ContextSource<T = unknown> = SettingSource<T> | StateSource<T>;

interface SettingSource<T> {
  readonly kind: 'setting';
  readonly name: string;
  /** The type of what it gives; never there. */
  readonly value?: T;
}

interface StateSource<T> {
  readonly kind: 'state';
  readonly of: StateOwner;
  readonly id: (command: never) => string | undefined;
  readonly value?: T;
}

export type DecisionContext = Readonly<Record<string, ContextSource>>;
export type ContextValues<X extends DecisionContext> = {
  readonly [K in keyof X]: X[K] extends ContextSource<infer T> ? T : never;
};

/** A setting of the service, by its name there. It is no part of the command: a repeat under another setting is the same command. */
export const setting = <T>(name: string): ContextSource<T> => ({ kind: 'setting', name });

/**
 * The state of another aggregate of the same service, up to date when the command is decided; its initial state where `id` answers
 * undefined. In one direction only: two aggregates that need each other's state take a reactor.
 */
export const stateOf = <A extends StateOwner, Command = { readonly type: string } & Readonly<Record<string, unknown>>>(
  of: A,
  id: (command: Command) => string | undefined,
): ContextSource<A['initialState']> => ({ kind: 'state', of, id });
