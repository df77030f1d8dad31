import { parseArgs } from 'node:util';
import { type BrokerCount } from './kafka/cluster-plan.js';

export type Command =
  | { readonly verb: 'up'; readonly brokers?: BrokerCount }
  | { readonly verb: 'down'; readonly wipe: boolean }
  | { readonly verb: 'status' };

/** What was typed is not a command; the message says what is. */
export class UsageError extends Error {}

const USAGE = 'usage: servers:up [-- --brokers 1|3], servers:down [-- --wipe], servers:status';

/** @throws UsageError */
export const parseCommand = ([verb, ...args]: readonly string[]): Command => {
  switch (verb) {
    case 'up':
      return { verb, ...brokersOf(optionsOf(args, { brokers: { type: 'string' } })['brokers']) };
    case 'down':
      return { verb, wipe: optionsOf(args, { wipe: { type: 'boolean' } })['wipe'] === true };
    case 'status':
      optionsOf(args, {});
      return { verb };
    default:
      throw new UsageError(USAGE);
  }
};

const optionsOf = (
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): Readonly<Record<string, unknown>> => {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : ''}\n${USAGE}`, { cause: error });
  }
};

const brokersOf = (brokers: unknown): { readonly brokers?: BrokerCount } => {
  if (brokers === undefined) return {};
  if (brokers !== '1' && brokers !== '3') throw new UsageError(`--brokers takes 1 or 3\n${USAGE}`);
  return { brokers: brokers === '1' ? 1 : 3 };
};
