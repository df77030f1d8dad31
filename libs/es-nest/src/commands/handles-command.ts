import type { AnyAggregate, CommandAnswer, CommandMetadata, CommandOf } from '@ledgerline/es-core';

/** Which command a method handles. */
export interface HandledCommand {
  readonly category: string;
  readonly type: string;
}

const HANDLED = 'es:handles-command';

type Handles<A extends AnyAggregate, N extends keyof A['commands'] & string> = (
  target: object,
  key: string,
  // Not TypedPropertyDescriptor, which is invariant.
  descriptor: {
    readonly value?: (id: string, command: CommandOf<A, N>, metadata: CommandMetadata) => Promise<CommandAnswer<A>>;
  },
) => void;

/**
 * A method of a provider that handles a public command in place of its aggregate, because it takes more than that: whichever way the
 * command comes in. It is given what the command's schema answers.
 */
export const HandlesCommand =
  <A extends AnyAggregate, N extends keyof A['commands'] & string>({ category }: A, type: N): Handles<A, N> =>
  (_target, _key, { value }) =>
    Reflect.defineMetadata(HANDLED, { category, type } satisfies HandledCommand, value as object);

export const handledCommand = (method: object): HandledCommand | undefined =>
  Reflect.getMetadata(HANDLED, method) as HandledCommand | undefined;
