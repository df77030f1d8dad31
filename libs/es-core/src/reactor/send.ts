import type { AnyAggregate, CommandOf } from '../aggregate/define-aggregate.js';

/** A command that a reaction leads to. */
export interface Send {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  readonly command: { readonly type: string };
}

/** What a reaction answers: the commands that follow from its message, in order. */
export type Sends = Send | readonly Send[] | void;

/** That the command is to be given to the aggregate's instance `id`, as a value; internal commands too. */
export const send = <A extends AnyAggregate>(aggregate: A, id: string, command: CommandOf<A>): Send => ({
  ...{ aggregate, id, command },
});
